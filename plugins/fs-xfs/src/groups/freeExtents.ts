import { DamagedStructureError } from '@diskwright/sdk/errors';
import { groupLength } from '../geometry';
import type { FreeSpaceHeader } from '../structures/groupHeaders';
import { freeByBlock } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';
import { headerBlocks } from './groupHeaders';
import { walkTree } from './groupTree';

/** Free extents of a group: block within it and length, one after the other; ascending and apart. */
export type FreeExtents = number[];

/**
 * What a group's tree of free extents says, if it agrees with itself and with the group's header.
 * @throws DamagedStructureError when it does not: then nothing of it can be relied on; what `read` throws
 */
export async function readFreeExtents(volume: XfsVolume, header: FreeSpaceHeader, signal: AbortSignal): Promise<FreeExtents> {
  const { group } = header;
  const length = groupLength(volume.geometry, group);
  const extents: FreeExtents = [];
  let end = headerBlocks(volume);
  let total = 0;
  const root = { group, block: header.byBlockRoot, levels: header.byBlockLevels };
  const treeBlocks: number[] = [];
  for await (const { block, level, bytes, headBytes, count } of walkTree(volume, freeByBlock, root, signal)) {
    treeBlocks.push(block - group * volume.geometry.groupBlocks);
    for (let index = 0; level === 0 && index < count; index++) {
      const at = headBytes + index * freeByBlock.recordBytes;
      const start = bytes.readUInt32BE(at);
      const blocks = bytes.readUInt32BE(at + 4);
      if (start < end || blocks === 0 || blocks > length - start)
        throw new DamagedStructureError('XFS free extents', `the free extent at block ${start} of group ${group} cannot be`);
      extents.push(start, blocks);
      end = start + blocks;
      total += blocks;
    }
  }
  if (total !== header.freeBlocks)
    throw new DamagedStructureError(
      'XFS free extents',
      `group ${group} has ${total} free blocks by its tree and ${header.freeBlocks} by its header`,
    );
  if (treeBlocks.some((block) => isFree(extents, block)))
    throw new DamagedStructureError('XFS free extents', `the tree of free extents of group ${group} lies in what it calls free`);
  return extents;
}

/** Whether a block of the group is free, by halving. */
export function isFree(extents: FreeExtents, block: number): boolean {
  let low = 0;
  let high = extents.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (extents[middle * 2]! + extents[middle * 2 + 1]! > block) high = middle;
    else low = middle + 1;
  }
  return low < extents.length / 2 && extents[low * 2]! <= block;
}
