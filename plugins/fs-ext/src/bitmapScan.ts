import type { BlockSource } from '@diskwright/sdk/block';
import { ExtentList, subtract } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { readBitmaps, type GroupBitmaps } from './bitmapReader';
import { walkBitmap } from '@diskwright/sdk/extents';
import { crc32c } from '@diskwright/sdk/struct';
import type { GroupTable } from './groupTable';
import type { ProblemList } from '@diskwright/sdk';
import { groupBlocks, groupFirstBlock } from './superblockPlaces';
import { UsedBlocks } from '@diskwright/sdk/extents';

const todo = 'Run e2fsck on the filesystem, and try again.';

/**
 * All blocks that the block bitmaps say are used, as extents of the volume. Groups whose bitmap was never written add what of `metadata` lies in
 * them (the caller joins that anyway). What the bitmaps contradict becomes a problem: their checksums, the descriptors' counts of free blocks, and
 * `metadata` that they call free.
 * @param metadata all that the filesystem keeps for itself, in whole clusters
 * @throws what `read` throws
 */
export async function scanBitmaps(
  source: BlockSource,
  table: GroupTable,
  metadata: ExtentList,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<ExtentList> {
  const { geometry } = table;
  const used = new UsedBlocks(geometry.blockSize);
  const unwritten: ByteRange[] = [];
  for await (const bitmaps of readBitmaps(source, table, signal)) {
    const { group, blockBitmap } = bitmaps;
    findChecksumProblems(table, bitmaps, problems);
    const range = groupRange(table, group);
    if (blockBitmap) compareFreeCount(table, group, walkGroup(table, group, blockBitmap, used), problems);
    else {
      unwritten.push(range);
      compareFreeCount(table, group, freeClustersOutside(table, group, metadata), problems);
    }
  }
  const extents = used.build();
  const called = subtract(subtract(metadata, extents), ExtentList.fromRanges(unwritten));
  for (const range of called) {
    problems.add({
      severity: 'error',
      code: 'ext.bitmap.metadata',
      effect: 'unknown',
      message: `A block bitmap calls block ${range.offset / geometry.blockSize} free, which the filesystem itself uses.`,
      ranges: [range],
      todo,
    });
  }
  if (used.joinedGap > 0) {
    problems.add({
      severity: 'info',
      code: 'ext.fragmented',
      effect: 'conservative',
      message: `The used blocks lie in so many pieces that gaps of up to ${used.joinedGap} bytes count as used.`,
    });
  }
  return extents;
}

function groupRange({ geometry }: GroupTable, group: number): ByteRange {
  return {
    offset: groupFirstBlock(geometry, group) * geometry.blockSize,
    length: groupBlocks(geometry, group) * geometry.blockSize,
  };
}

function walkGroup({ geometry }: GroupTable, group: number, bitmap: Buffer, used: UsedBlocks): number {
  const { blocksPerCluster, blocksCount } = geometry;
  const first = groupFirstBlock(geometry, group);
  const clusters = Math.ceil(groupBlocks(geometry, group) / blocksPerCluster);
  return walkBitmap(bitmap, clusters, (cluster, count) => {
    const start = first + cluster * blocksPerCluster;
    used.add(start, Math.min(count * blocksPerCluster, blocksCount - start));
  });
}

/** Free clusters of a group of which only `metadata` is used. */
function freeClustersOutside(table: GroupTable, group: number, metadata: ExtentList): number {
  const range = groupRange(table, group);
  const clusterBytes = table.geometry.blocksPerCluster * table.geometry.blockSize;
  let usedClusters = 0;
  for (const { length } of metadata.within(range)) usedClusters += Math.ceil(length / clusterBytes);
  return Math.ceil(range.length / clusterBytes) - usedClusters;
}

function compareFreeCount(table: GroupTable, group: number, free: number, problems: ProblemList): void {
  if (free === table.freeClusters(group)) return;
  problems.add({
    severity: 'error',
    code: 'ext.group.free',
    effect: 'unknown',
    message: `Group ${group} counts ${table.freeClusters(group)} free blocks, but its bitmap has ${free}: one of them is wrong.`,
    ranges: [table.descriptorRange(group)],
    todo,
  });
}

function findChecksumProblems(table: GroupTable, { group, blockBitmap, inodeBitmap }: GroupBitmaps, problems: ProblemList): void {
  const { geometry } = table;
  if (geometry.descriptorChecksum !== 'crc32c') return;
  const compare = (name: string, block: number, bitmap: Buffer | null, bits: number, stored: number): void => {
    if (!bitmap) return;
    const expected = (crc32c(geometry.checksumSeed, bitmap.subarray(0, bits >>> 3)) & table.bitmapChecksumMask) >>> 0;
    if (stored === expected) return;
    problems.add({
      severity: 'error',
      code: `ext.bitmap.${name}Checksum`,
      effect: 'unknown',
      message: `The ${name} bitmap of group ${group} has a wrong checksum.`,
      ranges: [{ offset: block * geometry.blockSize, length: geometry.blockSize }],
      todo,
    });
  };
  compare('block', table.blockBitmap(group), blockBitmap, geometry.clustersPerGroup, table.blockBitmapChecksum(group));
  compare('inode', table.inodeBitmap(group), inodeBitmap, geometry.inodesPerGroup, table.inodeBitmapChecksum(group));
}
