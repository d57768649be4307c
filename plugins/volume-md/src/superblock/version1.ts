import { nameOf } from '@diskwright/sdk/files';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { mdChecksum } from './checksum';
import { Feature, KNOWN_FEATURES, MAGIC, Role, SECTOR_BYTES, superblock1, WRITE_MOSTLY } from './structures';
import type { DeviceRole, Superblock } from './superblock';

/** Superblock and roles. */
export const SUPERBLOCK1_BYTES = 4096;
const MAX_ROLES = (SUPERBLOCK1_BYTES - superblock1.size) / 2;
/** Of times: the rest are fractions. */
const SECONDS = 2n ** 40n - 1n;
const ALL = 2n ** 64n - 1n;

/**
 * @param bytes from `offset` of the device on
 * @returns null when none stands there @throws DamagedStructureError for one that makes no sense
 */
export function parseVersion1(bytes: Buffer, offset: number, version: Superblock['version']): Superblock | null {
  const read = superblock1.read(bytes);
  // One that was copied along with something else lies where it does not belong.
  if (read.magic !== MAGIC || read.majorVersion !== 1 || inBytes(read.superblockSector) !== offset) return null;
  const { features, roleCount } = read;
  if (roleCount > MAX_ROLES) throw damaged(offset, `it would tell of ${roleCount} devices`);
  const checked = bytes.subarray(0, superblock1.size + roleCount * 2);
  if (mdChecksum(checked, superblock1.range('checksum').offset, 'little') !== read.checksum)
    throw damaged(offset, 'its checksum is wrong');
  const [sizeBytes, dataOffset, dataBytes] = [read.sizeSectors, read.dataSector, read.dataSectors].map(inBytes) as [
    number,
    number,
    number,
  ];
  if (read.raidDisks > MAX_ROLES || !Number.isSafeInteger(sizeBytes + dataOffset + dataBytes))
    throw damaged(offset, 'it would be of an array that no device could belong to');
  const has = (feature: number): boolean => (features & feature) !== 0;
  const at = (sectors: number): number => offset + sectors * SECTOR_BYTES;
  const end = read.setName.indexOf(0);
  const roleOf = (number: number): DeviceRole =>
    number < roleCount ? roleFrom(bytes.readUInt16LE(superblock1.size + number * 2)) : 'spare';
  return {
    version,
    offset,
    setUuid: read.setUuid,
    setName: nameOf(read.setName.subarray(0, end < 0 ? undefined : end)).text,
    created: Number(read.created & SECONDS),
    updated: Number(read.updated & SECONDS),
    level: read.level,
    layout: read.layout,
    chunkBytes: read.chunkSectors * SECTOR_BYTES,
    sizeBytes,
    raidDisks: read.raidDisks,
    events: read.events,
    number: read.deviceNumber,
    deviceUuid: read.deviceUuid,
    roleOf,
    writeMostly: (read.deviceFlags & WRITE_MOSTLY) !== 0,
    dataOffset,
    dataBytes,
    recoveredBytes: has(Feature.recovery) && read.recoverySector !== ALL ? inBytes(read.recoverySector) : null,
    clean: read.resyncSector === ALL,
    replacement: has(Feature.replacement),
    bitmapOffset: has(Feature.bitmap) && !has(Feature.ppl) ? at(read.bitmapSector) : null,
    badBlockLog: has(Feature.badBlocks)
      ? { offset: at(read.badBlockSector), length: read.badBlockSectors * SECTOR_BYTES, shift: read.badBlockShift }
      : null,
    unread: whyUnread(features),
  };
}

function whyUnread(features: number): string | null {
  if ((features & (Feature.reshape | Feature.newOffset)) !== 0)
    return 'it is being reshaped: part of the data lie as before, part as after';
  const unknown = (features & ~KNOWN_FEATURES) >>> 0;
  return unknown === 0 ? null : `it has features that are not known (0x${unknown.toString(16)})`;
}

function roleFrom(value: number): DeviceRole {
  if (value < Role.highest) return value;
  return value === Role.journal ? 'journal' : value === Role.faulty ? 'faulty' : 'spare';
}

/** Infinity for what no device has. */
function inBytes(sectors: bigint): number {
  return safeNumber(sectors * BigInt(SECTOR_BYTES));
}

function damaged(offset: number, what: string): DamagedStructureError {
  return new DamagedStructureError('md superblock', `the md superblock at byte ${offset} is damaged: ${what}`, {
    offset,
    length: superblock1.size,
  });
}
