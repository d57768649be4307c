import { readOrNull, type BlockSpan, type WantedBlocks } from '@diskwright/sdk/files';
import { walkBitmap } from '@diskwright/sdk/extents';
import { crc32c } from '@diskwright/sdk/struct';
import type { InodeTable } from '../files/inodeTable';
import { groupBlocks, groupFirstBlock } from '../superblockPlaces';

/** Runs of free blocks in memory; those of one group come on top. */
const MAX_SPANS = 500_000;

/**
 * Which of the wanted blocks the bitmaps call free, in whole runs of a group. What no bitmap can tell of is not free.
 * @returns ends before the last wanted block when there are too many runs
 */
export async function freeSpans(
  table: InodeTable,
  wanted: WantedBlocks,
  signal: AbortSignal,
): Promise<{ free: BlockSpan[]; end: number }> {
  const { firstDataBlock, blocksPerGroup } = table.geometry;
  const free: BlockSpan[] = [];
  let next = 0;
  for (const { start, end } of wanted.spans()) {
    const first = Math.max(next, Math.floor((Math.max(start, firstDataBlock) - firstDataBlock) / blocksPerGroup));
    for (let group = first; groupStart(table, group) < end; group++) {
      signal.throwIfAborted();
      if (free.length >= MAX_SPANS) return { free, end: groupStart(table, group) };
      next = group + 1;
      for (const span of await freeInGroup(table, group, signal))
        if (wanted.meets(span.start, span.end - span.start)) free.push(span);
    }
  }
  return { free, end: wanted.end };
}

const groupStart = ({ geometry }: InodeTable, group: number): number =>
  group < geometry.groupsCount ? groupFirstBlock(geometry, group) : Infinity;

async function freeInGroup({ source, geometry, groups }: InodeTable, group: number, signal: AbortSignal): Promise<BlockSpan[]> {
  const { blockSize, blocksCount, blocksPerCluster, clustersPerGroup, descriptorChecksum } = geometry;
  const first = groupFirstBlock(geometry, group);
  const end = first + groupBlocks(geometry, group);
  // What the filesystem keeps for itself there is claimed before anybody looks at what is free.
  if (groups.isBlockBitmapUninitialised(group)) return [{ start: first, end }];
  const block = groups.blockBitmap(group);
  if (block === 0 || block >= blocksCount) return [];
  const bitmap = await readOrNull(() => source.read(block * blockSize, blockSize, signal));
  if (!bitmap) return [];
  if (descriptorChecksum === 'crc32c') {
    const right = crc32c(geometry.checksumSeed, bitmap.subarray(0, clustersPerGroup >>> 3)) & groups.bitmapChecksumMask;
    if (right >>> 0 !== groups.blockBitmapChecksum(group)) return [];
  }
  const spans: BlockSpan[] = [];
  let freeFrom = first;
  walkBitmap(bitmap, Math.ceil((end - first) / blocksPerCluster), (cluster, count) => {
    const used = first + cluster * blocksPerCluster;
    if (used > freeFrom) spans.push({ start: freeFrom, end: used });
    freeFrom = used + count * blocksPerCluster;
  });
  if (freeFrom < end) spans.push({ start: freeFrom, end });
  return spans;
}
