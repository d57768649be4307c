import { DamagedStructureError } from '@diskwright/sdk/errors';
import { InodeFlag } from '../structures/inode';
import { extentRoot, parseExtentNode } from './extentTree';
import { indirectRoot, parseIndirectBlock } from './indirectBlocks';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';
import type { ChecksumListener, MapChild, MapNode, MappedRun } from './mapNode';

/**
 * The part of a file's map that stands in its inode.
 * @throws DamagedStructureError when it makes no sense or leads outside of the filesystem
 */
export function mapRoot({ geometry }: InodeTable, inode: InodeRecord): MapNode {
  if (!inode.hasBlocks) return { runs: [], children: [] };
  return inode.hasFlag(InodeFlag.EXTENTS) ? extentRoot(inode, geometry) : indirectRoot(inode, geometry);
}

/**
 * Where the blocks of a file are, in the order of the file, with the blocks of the map itself in front of what they lead to.
 * @throws DamagedStructureError at the first thing that makes no sense, after all that came before it; what `read` throws
 */
export async function* mapBlocks(
  table: InodeTable,
  inode: InodeRecord,
  signal: AbortSignal,
  onWrongChecksum?: ChecksumListener,
): AsyncGenerator<MappedRun, void, undefined> {
  const root = mapRoot(table, inode);
  yield* root.runs;
  if (root.children.length > 0) yield* mapBelow(table, inode, root.children, signal, onWrongChecksum);
}

/** What lies below the children of {@link mapRoot}. Each block is used once: a map that leads back into itself ends in an error. */
export async function* mapBelow(
  { source, geometry }: InodeTable,
  inode: InodeRecord,
  children: readonly MapChild[],
  signal: AbortSignal,
  onWrongChecksum?: ChecksumListener,
): AsyncGenerator<MappedRun, void, undefined> {
  const { blockSize } = geometry;
  const isTree = inode.hasFlag(InodeFlag.EXTENTS);
  const seen = new Set<number>();
  // The next one is the last: a stack keeps the order of the file without recursion.
  const pending = [...children].reverse();
  for (let child = pending.pop(); child; child = pending.pop()) {
    const { block, logical } = child;
    if (seen.has(block))
      throw new DamagedStructureError('ext block map', `inode ${inode.number} leads to block ${block} of its map twice`, {
        offset: block * blockSize,
        length: blockSize,
      });
    seen.add(block);
    yield { kind: 'map', logical, block, count: 1, isUnwritten: false };
    const bytes = await source.read(block * blockSize, blockSize, signal);
    const node = isTree
      ? parseExtentNode(bytes, child, inode, geometry, onWrongChecksum)
      : parseIndirectBlock(bytes, child, inode, geometry);
    yield* node.runs;
    for (let index = node.children.length - 1; index >= 0; index--) pending.push(node.children[index]!);
  }
}
