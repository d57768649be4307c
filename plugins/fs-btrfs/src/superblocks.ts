import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { checksummerOf, isChecksumRight, type Checksummer } from './checksum/checksummer';
import { superblock, SUPERBLOCK_BYTES, SUPERBLOCK_MAGIC, SUPERBLOCK_OFFSETS, type Superblock } from './structures/superblock';

/** A superblock or one of its copies. */
export interface SuperblockCopy {
  offset: number;
  bytes: Buffer;
  value: Superblock;
  /** Magic, place and checksum are right. */
  isSound: boolean;
}

/** The superblock that counts, and what was found of the others. */
export interface ChosenSuperblock {
  current: SuperblockCopy;
  copies: SuperblockCopy[];
  checksummer: Checksummer;
}

/**
 * Reads all copies. The newest sound one of the filesystem counts, the first one where they are equally new. Without its magic in the first place there is no
 * btrfs, whatever lies further behind: that is left of an older one.
 * @throws DamagedStructureError when there is none; NotSupportedError for checksums of an unknown kind
 */
export async function chooseSuperblock(source: BlockSource, signal: AbortSignal): Promise<ChosenSuperblock> {
  const copies: SuperblockCopy[] = [];
  const places = SUPERBLOCK_OFFSETS.filter((offset) => offset <= source.size - SUPERBLOCK_BYTES);
  for (const offset of places) {
    const bytes = await readOrNull(() => source.read(offset, SUPERBLOCK_BYTES, signal));
    if (bytes) copies.push(await parse(offset, bytes));
  }
  const [first] = copies;
  const isHere = first?.offset === SUPERBLOCK_OFFSETS[0] && first.value.magic === SUPERBLOCK_MAGIC;
  if (!isHere)
    throw new DamagedStructureError('btrfs superblock', 'there is no btrfs superblock', {
      offset: SUPERBLOCK_OFFSETS[0],
      length: SUPERBLOCK_BYTES,
    });
  const own = copies.filter(
    ({ value, isSound }) => isSound && (!first.isSound || value.filesystemId === first.value.filesystemId),
  );
  const current = own.reduce((best, copy) => (copy.value.generation > best.value.generation ? copy : best), own[0] ?? first);
  const checksummer = await checksummerOf(current.value.checksumType);
  if (!checksummer)
    throw new NotSupportedError(`this btrfs has checksums of kind ${current.value.checksumType}, which is not known`, {
      todo: 'Kinds 0 to 3 are read: crc32c, xxhash64, sha256 and blake2b.',
    });
  return { current, copies, checksummer };
}

async function parse(offset: number, bytes: Buffer): Promise<SuperblockCopy> {
  const value = superblock.read(bytes);
  const checksummer = await checksummerOf(value.checksumType);
  const isSound =
    value.magic === SUPERBLOCK_MAGIC &&
    value.offset === BigInt(offset) &&
    checksummer !== null &&
    isChecksumRight(checksummer, bytes);
  return { offset, bytes, value, isSound };
}
