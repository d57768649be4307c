import type { BlockSource } from '@diskwright/sdk/block';
import { type ExtentList, subtract, UsedBlocks } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { ClusterState } from './clusterState';
import { readFatPieces } from './fatPieces';
import { clusterOffset, type FatGeometry } from './geometry';

/** How many places a finding names. */
const MOST_RANGES = 64;

/** What the FATs say of the whole volume. */
export interface FatScan {
  /** Everything that is in use: reserved area, all FATs, the fixed root directory, and every cluster that is neither free nor bad. */
  extents: ExtentList;
  /** Gaps of up to so many bytes count as used, since there are too many pieces to keep; 0 while all is exact. */
  joinedGap: number;
  usedClusters: number;
  freeClusters: number;
  badClusters: number;
  /** The clusters that are marked bad; where these are in too many pieces, free ones between them as well. Nothing of `extents`. */
  bad: ExtentList;
  /** Clusters that one FAT calls used and another does not; they are within `extents`. */
  disputedClusters: number;
  disputedRanges: ByteRange[];
  /** Whether the FATs differ anywhere, in links too. */
  fatsDiffer: boolean;
}

/** Appends a run, joined with the one before where they touch; beyond {@link MOST_RANGES} nothing is added. */
function addRange(ranges: ByteRange[], offset: number, length: number): void {
  const last = ranges.at(-1);
  if (last && last.offset + last.length === offset) last.length += length;
  else if (ranges.length < MOST_RANGES) ranges.push({ offset, length });
}

/**
 * Reads the FATs that are kept up to date and tells what is used. Needs a geometry without errors.
 * @throws MediaError and the other errors of the source
 */
export async function scanFats(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<FatScan> {
  // The fixed areas are no clusters: counted in bytes.
  const used = new UsedBlocks(1);
  used.add(0, geometry.dataOffset);
  const scan = { usedClusters: 0, badClusters: 0, disputedClusters: 0, fatsDiffer: false };
  const bad = new UsedBlocks(1);
  const disputedRanges: ByteRange[] = [];
  const bytes = geometry.clusterBytes;

  for await (const piece of readFatPieces(source, geometry, geometry.activeFats, signal)) {
    scan.fatsDiffer ||= piece.differs;
    // Entries 0 and 1 are no clusters.
    for (let index = piece.first === 0 ? 2 : 0; index < piece.states.length;) {
      const state = piece.states[index]!;
      const start = index;
      while (index < piece.states.length && piece.states[index] === state) index++;
      if (state === ClusterState.free) continue;
      const offset = clusterOffset(geometry, piece.first + start);
      if (state === ClusterState.used) {
        used.add(offset, (index - start) * bytes);
        scan.usedClusters += index - start;
      } else {
        bad.add(offset, (index - start) * bytes);
        scan.badClusters += index - start;
      }
    }
    for (let index = piece.first === 0 ? 2 : 0; piece.disputed !== null && index < piece.disputed.length; index++) {
      if (piece.disputed[index] === 0) continue;
      addRange(disputedRanges, clusterOffset(geometry, piece.first + index), bytes);
      scan.disputedClusters++;
    }
  }
  const freeClusters = geometry.clusterCount - scan.usedClusters - scan.badClusters;
  const extents = used.build();
  const areas = { extents, bad: subtract(bad.build(), extents), joinedGap: used.joinedGap };
  return { ...scan, ...areas, freeClusters, disputedRanges };
}
