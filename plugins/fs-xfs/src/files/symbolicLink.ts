import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ForkFormat } from '../structures/inode';
import { remoteBlock } from '../structures/directoryBlock';
import type { XfsVolume } from '../volume';
import { mapFork } from './forkMap';
import type { InodeRecord } from './inodeRecord';

/** `XFS_SYMLINK_MAXLEN`. */
const LONGEST_TARGET = 1024;
const MAGIC = 0x58534c4d;

/** The target of a symbolic link. @throws DamagedStructureError when it makes no sense; what `read` throws */
export async function linkTarget(volume: XfsVolume, inode: InodeRecord, signal: AbortSignal): Promise<Buffer> {
  const { size, dataFork, number } = inode;
  const fail = (problem: string): never => {
    throw new DamagedStructureError('XFS symbolic link', `the target of link ${number} ${problem}`);
  };
  if (size > LONGEST_TARGET) fail(`has ${size} bytes, more than there can be`);
  if (dataFork.format === ForkFormat.LOCAL) {
    if (size > dataFork.bytes.length) fail('does not fit its inode');
    return dataFork.bytes.subarray(0, size);
  }
  const { hasChecksums, blockSize } = volume.geometry;
  const pieces: Buffer[] = [];
  let left = size;
  for await (const { kind, block, count } of mapFork(volume, inode, dataFork, signal)) {
    if (kind === 'map' || left <= 0) continue;
    // What is longer than any target is damage; the head stands at the start of each extent.
    const blocks = Math.min(count, Math.ceil((left + remoteBlock.size) / blockSize));
    const bytes = await volume.readBlocks(block, blocks, signal);
    if (hasChecksums && bytes.readUInt32BE(0) !== MAGIC) fail(`is not in block ${block}`);
    const piece = bytes.subarray(hasChecksums ? remoteBlock.size : 0).subarray(0, left);
    pieces.push(piece);
    left -= piece.length;
  }
  if (left > 0) fail(`lacks ${left} of its bytes`);
  return Buffer.concat(pieces);
}
