/** The header of a Parallels image: little-endian, and counted in sectors of 512 bytes. */
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { ascii, field, safeNumber, struct, u32, u64 } from '@diskwright/sdk/struct';

export const SECTOR = 512;
const OLD_MAGIC = 'WithoutFreeSpace';
const MAGIC = 'WithouFreSpacExt';
const VERSION = 2;
/** Larger ones are written by nothing; with all entries that a table can have, sizes stay numbers. */
const MAX_CLUSTER_BYTES = 64 * 1024 * 1024;

export const header = struct('Parallels header', 'QEMU, docs/interop/parallels.txt', {
  magic: field(ascii(16), 'marks the image'),
  version: field(u32(), 'version of the format'),
  heads: field(u32(), 'heads, of the geometry'),
  cylinders: field(u32(), 'cylinders, of the geometry'),
  clusterSectors: field(u32(), 'sectors in a cluster'),
  entryCount: field(u32(), 'entries of the allocation table, which follows'),
  diskSectors: field(u64(), 'sectors of the disk; the older form uses the lower half'),
  inUse: field(u32(), 'whether a program had it open for writing'),
  dataSector: field(u32(), 'where clusters begin'),
  flags: field(u32(), '1: nothing was ever written to it'),
  extensionSector: field(u64(), 'where further information is'),
});

/** What a program leaves in `inUse` while it writes. */
const IN_USE = 0x746f6e59;

export interface ParallelsHeader {
  /** Of the disk, bytes. */
  size: number;
  clusterBytes: number;
  entryCount: number;
  /** By which an entry is multiplied for the cluster's place in the file. */
  entryUnit: number;
  wasInUse: boolean;
}

export async function isParallels(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  if (file.size < header.size) return false;
  const { magic, version } = header.read(await file.read(0, header.size, signal));
  return (magic === MAGIC || magic === OLD_MAGIC) && version === VERSION;
}

/** @throws DamagedStructureError, NotSupportedError */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<ParallelsHeader> {
  if (!(await isParallels(file, signal))) throw damaged('it is not one');
  const values = header.read(await file.read(0, header.size, signal));
  const isOld = values.magic === OLD_MAGIC;
  const clusterBytes = values.clusterSectors * SECTOR;
  if (clusterBytes === 0) throw damaged('its clusters have no sectors');
  if (clusterBytes > MAX_CLUSTER_BYTES) throw new NotSupportedError(`clusters of ${clusterBytes} bytes are not read`);
  const size = safeNumber(isOld ? values.diskSectors & 0xffff_ffffn : values.diskSectors) * SECTOR;
  if (header.size + values.entryCount * 4 > file.size) throw damaged('the file ends within its allocation table');
  if (size > values.entryCount * clusterBytes) throw damaged(`its table has no room for a disk of ${size} bytes`);
  const entryUnit = isOld ? SECTOR : clusterBytes;
  return { size, clusterBytes, entryCount: values.entryCount, entryUnit, wasInUse: values.inUse === IN_USE };
}

function damaged(message: string): DamagedStructureError {
  return new DamagedStructureError(header.name, message, { offset: 0, length: header.size });
}
