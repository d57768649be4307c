import { attributesOf } from './attributes';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/**
 * Content that lies in the inode: 60 bytes where the block map would be, and the rest as the value of the attribute `system.data`. Not cut to the
 * inode's size.
 * @throws DamagedStructureError when the attributes make no sense; what `read` throws
 */
export async function inlineDataOf(
  table: InodeTable,
  inode: InodeRecord,
  signal: AbortSignal,
): Promise<{ inInode: Buffer; behind: Buffer }> {
  const attributes = await attributesOf(table, inode, signal, true);
  const behind = attributes.find(({ name }) => name === 'system.data')?.value ?? Buffer.alloc(0);
  return { inInode: inode.block, behind };
}
