import type { BlockSource } from '@diskwright/sdk/block';
import { ClusterState, bytesOfEntries, decodeStates } from './clusterState';
import type { FatGeometry } from './geometry';

/** Entries read at once: 4 MiB of a FAT32. A multiple of 2, so that a FAT12 piece begins at a whole byte. */
const PIECE_ENTRIES = 1 << 20;

/** Some entries of the FATs, decoded. */
export interface FatPiece {
  /** Number of the first entry. */
  first: number;
  /** A {@link ClusterState} an entry, from `first`; where FATs disagree, the one that keeps more. */
  states: Uint8Array;
  /** Entries in which the FATs disagree about used or not used, within `states`. */
  disputed: Uint8Array | null;
  /** Whether any bytes differ between the FATs that matter. */
  differs: boolean;
}

/** Reads all entries of the FATs `fats` piece by piece, entries 0 and 1 included, none beyond the last cluster. */
export async function* readFatPieces(
  source: BlockSource,
  geometry: FatGeometry,
  fats: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<FatPiece> {
  const total = geometry.clusterCount + 2;
  for (let first = 0; first < total; first += PIECE_ENTRIES) {
    signal?.throwIfAborted();
    const count = Math.min(PIECE_ENTRIES, total - first);
    const length = bytesOfEntries(geometry.width, count);
    const within = bytesOfEntries(geometry.width, first);
    const read = (fat: number) => source.read(geometry.fatOffset + fat * geometry.fatBytes + within, length, signal);
    const bytes = await read(fats[0] ?? 0);
    const piece: FatPiece = { first, states: decodeStates(geometry.width, bytes, count), disputed: null, differs: false };
    for (const fat of fats.slice(1)) {
      const other = await read(fat);
      if (other.equals(bytes)) continue;
      piece.differs = true;
      merge(piece, decodeStates(geometry.width, other, count));
    }
    yield piece;
  }
}

function merge(piece: FatPiece, other: Uint8Array): void {
  const { states } = piece;
  for (let index = 0; index < states.length; index++) {
    const mine = states[index]!;
    const theirs = other[index]!;
    if (mine === theirs) continue;
    if (mine === ClusterState.used || theirs === ClusterState.used) {
      piece.disputed ??= new Uint8Array(states.length);
      piece.disputed[index] = 1;
    }
    states[index] = Math.max(mine, theirs);
  }
}
