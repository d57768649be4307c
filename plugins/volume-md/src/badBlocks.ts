import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { SECTOR_BYTES } from './superblock/structures';
import type { Superblock } from './superblock/superblock';

/** The driver reads no more than a page of it. */
const MAX_LOG_BYTES = 65536;
const END = 2n ** 64n - 1n;
const COUNT_BITS = 10n;

/** What the log of a device says that it has lost, as ranges of the device. @throws DamagedStructureError for a log that cannot be where it should */
export async function readBadBlocks(source: BlockSource, superblock: Superblock, signal: AbortSignal): Promise<ByteRange[]> {
  if (!superblock.badBlockLog) return [];
  const { offset, length, shift } = superblock.badBlockLog;
  if (offset < 0 || length === 0 || length > MAX_LOG_BYTES || offset + length > source.size || shift > 32) {
    throw new DamagedStructureError(
      'md bad block log',
      `the log of bad blocks would lie at byte ${offset}, ${length} bytes long`,
    );
  }
  const log = await source.read(offset, length, signal);
  const ranges: ByteRange[] = [];
  for (let at = 0; at < length; at += 8) {
    const entry = log.readBigUInt64LE(at);
    if (entry === END) break;
    const count = Number(entry & ((1n << COUNT_BITS) - 1n)) * 2 ** shift * SECTOR_BYTES;
    const start = safeNumber(((entry >> COUNT_BITS) << BigInt(shift)) * BigInt(SECTOR_BYTES));
    if (count > 0 && start < source.size) ranges.push({ offset: start, length: Math.min(count, source.size - start) });
  }
  return ranges;
}
