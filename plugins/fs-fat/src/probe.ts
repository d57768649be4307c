import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { BOOT_SIGNATURE } from './bootCopies';
import { geometryOf, type FatGeometry } from './geometry';
import { BOOT_SECTOR_BYTES, bootSector16, bootSector32 } from './structures/bootSector';
import { fsInfo } from './structures/fsInfo';

const TYPE_NAMES_16 = ['MSDOS', 'FAT16   ', 'FAT12   ', 'FAT     '];
const TYPE_NAMES_32 = ['MSWIN', 'FAT32   '];
/** OS/2 writes a FAT-like boot sector before these filesystems (libblkid, vfat.c). */
const PSEUDO_FAT = ['JFS     ', 'HPFS    '];
/** BitLocker To Go lays a FAT32 look over an encrypted volume: its identifier at byte 424 (libblkid, bitlocker.c). */
const BITLOCKER_TO_GO = Buffer.from('3bd66749292ed84a8399f6a339e3d001', 'hex');
const BITLOCKER_OEM_NAME = '-FVE-FS-';
const PARTITIONS_OFFSET = 446;

/**
 * How sure it is that the volume is FAT, 0 … 100, by libblkid's rules for `vfat`: a sane boot sector with either a type name or the signature and a jump.
 * A master boot record, even one that a boot loader put over an old FAT boot sector, is none.
 */
export async function probeFat(source: BlockSource, signal?: AbortSignal): Promise<number> {
  if (source.size < BOOT_SECTOR_BYTES) return 0;
  const raw = await source.read(0, BOOT_SECTOR_BYTES, signal);
  const geometry = tryGeometry(raw, source);
  if (geometry === null) return 0;
  if (geometry.problems.some((problem) => problem.code === 'fat.boot.clusters')) return 0;
  if (isOther(raw) || hasPartitions(raw, source.size / source.sectorSize)) return 0;
  if (!(await fsInfoFits(source, geometry, signal))) return 0;

  const typeName16 = bootSector16.read(raw).typeName;
  const typeName32 = bootSector32.read(raw).typeName;
  const named =
    TYPE_NAMES_32.some((name) => typeName32.startsWith(name)) || TYPE_NAMES_16.some((name) => typeName16.startsWith(name));
  const signed = geometry.boot.signature === BOOT_SIGNATURE;
  const jumps = raw[0] === 0xeb || raw[0] === 0xe9;
  if (!named && !(signed && jumps && !PSEUDO_FAT.includes(typeName16))) return 0;

  const mediaRepeats =
    geometry.fatOffset < source.size && (await source.read(geometry.fatOffset, 1, signal))[0] === geometry.boot.media;
  return 40 + (named ? 30 : 0) + (signed && jumps ? 10 : 0) + (mediaRepeats ? 20 : 0);
}

function tryGeometry(raw: Buffer, source: BlockSource): FatGeometry | null {
  try {
    return geometryOf(raw, source.size, source.sectorSize);
  } catch (error) {
    if (error instanceof DamagedStructureError) return null;
    throw error;
  }
}

function isOther(raw: Buffer): boolean {
  return raw.toString('latin1', 3, 11) === BITLOCKER_OEM_NAME || raw.subarray(424, 440).equals(BITLOCKER_TO_GO);
}

/**
 * Whether the sector holds a partition table that describes real partitions: every status byte 0 or 0x80, and at least one entry with a type that lies
 * on the device and not at its start. An entry that starts at sector 0 is the fake one that `mkfs.fat --mbr` writes around a real FAT.
 */
function hasPartitions(raw: Buffer, sectors: number): boolean {
  let partitions = 0;
  for (let index = 0; index < 4; index++) {
    const entry = raw.subarray(PARTITIONS_OFFSET + index * 16);
    const status = entry.readUInt8(0);
    if (status !== 0 && status !== 0x80) return false;
    const start = entry.readUInt32LE(8);
    const length = entry.readUInt32LE(12);
    if (entry.readUInt8(4) !== 0 && start > 0 && length > 0 && start + length <= sectors) partitions++;
  }
  return partitions > 0;
}

/** The FSInfo sector has its signatures, or zeros in their place, as libblkid demands. */
async function fsInfoFits(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<boolean> {
  const offset = geometry.fsInfoOffset;
  if (offset === null) return true;
  if (offset > source.size - fsInfo.size) return false;
  const { leadSignature, structSignature } = fsInfo.read(await source.read(offset, fsInfo.size, signal));
  return [0x41615252, 0x41645252, 0].includes(leadSignature) && [0x61417272, 0].includes(structSignature);
}
