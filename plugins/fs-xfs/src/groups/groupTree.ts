import { DamagedStructureError } from '@diskwright/sdk/errors';
import { isChecksumRight } from '../checksum';
import { groupLength } from '../geometry';
import { shortTreeBlock, type TreeKind } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';

/** A block of a tree of an allocation group. */
export interface TreeNode {
  /** In the order of the volume. */
  block: number;
  /** 0: `count` records stand behind the head; above that they lead to others. */
  level: number;
  bytes: Buffer;
  headBytes: number;
  count: number;
}

const SHORT_HEAD_BYTES = 16;
const POINTER_BYTES = 4;
const MAXIMUM_LEVELS = 12;
const CHECKSUM_AT = shortTreeBlock.range('checksum').offset;

/** Where a tree begins: the block within the group, and how many levels it has. */
export interface TreeRoot {
  group: number;
  block: number;
  levels: number;
}

/**
 * All blocks of a tree, from the root, leaves in the order of their records. Each is checked: magic number, level, count, checksum, and that none is used
 * twice.
 * @throws DamagedStructureError at the first block that is not as it has to be; what `read` throws
 */
export async function* walkTree(
  volume: XfsVolume,
  kind: TreeKind,
  { group, block: root, levels }: TreeRoot,
  signal: AbortSignal,
): AsyncGenerator<TreeNode, void, undefined> {
  const { geometry } = volume;
  const { hasChecksums, blockSize } = geometry;
  const first = group * geometry.groupBlocks;
  const length = groupLength(geometry, group);
  const headBytes = hasChecksums ? shortTreeBlock.size : SHORT_HEAD_BYTES;
  const magic = kind.magics[hasChecksums ? 1 : 0];
  const damaged = (block: number, problem: string): DamagedStructureError =>
    new DamagedStructureError('XFS tree', `the tree of ${kind.name} of group ${group} ${problem}`, {
      offset: (first + block) * blockSize,
      length: blockSize,
    });
  if (levels < 1 || levels > MAXIMUM_LEVELS) throw damaged(root, `claims ${levels} levels`);
  const seen = new Set<number>();
  const pending = [{ block: root, level: levels - 1 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    signal.throwIfAborted();
    const { block, level } = next;
    if (block === 0 || block >= length) throw damaged(0, `leads to block ${block}, outside of the group`);
    if (seen.has(block)) throw damaged(block, `leads to block ${block} twice`);
    seen.add(block);
    const bytes = await volume.readBlocks(first + block, 1, signal);
    const count = bytes.readUInt16BE(6);
    const room = blockSize - headBytes;
    const most = Math.floor(room / (level === 0 ? kind.recordBytes : kind.keyBytes + POINTER_BYTES));
    if (bytes.readUInt32BE(0) !== magic || bytes.readUInt16BE(4) !== level || count > most)
      throw damaged(block, `has a block that makes no sense, ${block}`);
    if (hasChecksums && !isChecksumRight(bytes, CHECKSUM_AT)) throw damaged(block, `has a wrong checksum in block ${block}`);
    yield { block: first + block, level, bytes, headBytes, count };
    if (level === 0) continue;
    const pointers = headBytes + most * kind.keyBytes;
    for (let index = count - 1; index >= 0; index--)
      pending.push({ block: bytes.readUInt32BE(pointers + index * POINTER_BYTES), level: level - 1 });
  }
}
