import type { BlockSource } from '../block/index';
import type { ByteRange } from '../protocol/types';
import type { ClusterHeap } from './clusterHeap';

/** Entries read at once: 256 KiB of 32 bits each. A multiple of 2, so that a piece of 12-bit entries begins at a whole byte. */
const PIECE_ENTRIES = 1 << 16;
/** Pieces in memory: 16 MiB, the table of 128 GiB with clusters of 32 KiB. */
const MOST_PIECES = 64;

/** Where a table of links lies, and how its entries are kept. */
export interface LinkTableLayout {
  /** In bytes from the volume's start. */
  offset: number;
  entryBits: 12 | 16 | 32;
  /** Entry `index` of a piece of the table. */
  entryOf(piece: Buffer, index: number): number;
  /** The mark of a bad cluster; what is above ends a chain, and 0 is a free cluster. */
  badMark: number;
}

/** The table that leads from each cluster of a file to the next (a FAT), read in large pieces, of which the last ones used are kept. */
export class LinkTable {
  readonly badMark: number;
  private readonly pieces = new Map<number, Uint32Array>();

  constructor(
    private readonly source: BlockSource,
    readonly heap: ClusterHeap,
    private readonly layout: LinkTableLayout,
  ) {
    this.badMark = layout.badMark;
  }

  /** The entry of a cluster, where its piece is in memory. */
  peek(cluster: number): number | undefined {
    return this.pieces.get(Math.floor(cluster / PIECE_ENTRIES))?.[cluster % PIECE_ENTRIES];
  }

  /** The entry of a cluster. @throws what `read` of the source throws */
  async load(cluster: number, signal: AbortSignal): Promise<number> {
    const index = Math.floor(cluster / PIECE_ENTRIES);
    const piece = this.pieces.get(index) ?? (await this.read(index, signal));
    // Put in again, so that the order of the map is that of use.
    this.pieces.delete(index);
    this.pieces.set(index, piece);
    for (const oldest of this.pieces.keys()) {
      if (this.pieces.size <= MOST_PIECES) break;
      this.pieces.delete(oldest);
    }
    return piece[cluster % PIECE_ENTRIES]!;
  }

  /** Where the entry of a cluster lies, in bytes from the volume's start. */
  placeOf(cluster: number): ByteRange {
    const { offset, entryBits } = this.layout;
    return { offset: offset + Math.floor((cluster * entryBits) / 8), length: Math.ceil(entryBits / 8) };
  }

  private async read(index: number, signal: AbortSignal): Promise<Uint32Array> {
    const { offset, entryBits, entryOf } = this.layout;
    const first = index * PIECE_ENTRIES;
    const count = Math.min(PIECE_ENTRIES, this.heap.clusterCount + 2 - first);
    const bytes = await this.source.read(offset + (first * entryBits) / 8, Math.ceil((count * entryBits) / 8), signal);
    const entries = new Uint32Array(count);
    for (let at = 0; at < count; at++) entries[at] = entryOf(bytes, at);
    return entries;
  }
}
