import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Geometry } from './geometry';
import type { GroupTable } from './groupTable';
import { extentHeader, extentIndex, extentLeaf, extentMagic, extentMaximumDepth } from './structures/extentNode';
import { inode, InodeFlag } from './structures/inode';

/** A parsed inode. */
export type Inode = ReturnType<typeof inode.read>;

/**
 * Reads an inode by its number (from 1).
 * @throws DamagedStructureError when there is no such inode or its table lies outside of the filesystem
 */
export async function readInode(source: BlockSource, table: GroupTable, number: number, signal: AbortSignal): Promise<Inode> {
  const { inodesPerGroup, groupsCount, blockSize, inodeSize, blocksCount, inodeTableBlocks } = table.geometry;
  const group = Math.floor((number - 1) / inodesPerGroup);
  if (number < 1 || group >= groupsCount) throw new DamagedStructureError('ext inode', `inode ${number} does not exist`);
  const first = table.inodeTable(group);
  if (first > blocksCount - inodeTableBlocks)
    throw new DamagedStructureError('ext inode', `the inode table of group ${group} lies outside of the filesystem`);
  const offset = first * blockSize + ((number - 1) % inodesPerGroup) * inodeSize;
  return inode.read(await source.read(offset, inode.size, signal));
}

/**
 * The block of the volume that holds the first block of a file; 0 when the file has none.
 * @throws DamagedStructureError when its extent tree is damaged or leads outside of the filesystem
 */
export async function firstBlockOf(source: BlockSource, geometry: Geometry, file: Inode, signal: AbortSignal): Promise<number> {
  const block =
    (file.flags & InodeFlag.EXTENTS) !== 0
      ? await firstExtentBlock(source, geometry, file.block, signal)
      : file.block.readUInt32LE(0);
  if (block >= geometry.blocksCount)
    throw new DamagedStructureError('ext inode', `block ${block} lies outside of the filesystem`);
  return block;
}

/** Follows the leftmost branch of an extent tree down to its first extent. */
async function firstExtentBlock(source: BlockSource, geometry: Geometry, root: Buffer, signal: AbortSignal): Promise<number> {
  let node = root;
  for (let level = 0; level <= extentMaximumDepth; level++) {
    const header = extentHeader.read(node);
    if (header.magic !== extentMagic)
      throw new DamagedStructureError('ext extent header', 'the magic number of an extent tree is wrong');
    if (header.entries === 0) return 0;
    if (header.depth === 0) {
      const leaf = extentLeaf.read(node, extentHeader.size);
      return leaf.firstBlock === 0 ? leaf.startLow + leaf.startHigh * 2 ** 32 : 0;
    }
    const index = extentIndex.read(node, extentHeader.size);
    const child = index.childLow + index.childHigh * 2 ** 32;
    if (child >= geometry.blocksCount)
      throw new DamagedStructureError('ext extent index', `block ${child} lies outside of the filesystem`);
    node = await source.read(child * geometry.blockSize, geometry.blockSize, signal);
  }
  throw new DamagedStructureError('ext extent header', `an extent tree has more than ${extentMaximumDepth} levels`);
}
