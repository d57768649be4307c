import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { DIRECTORY_AT_END, Flag, sparseHeader } from './structures';

export const SECTOR_BYTES = 512;
const MAGIC = 0x564d444b;
const NEWEST_VERSION = 3;
const DEFLATE = 1;
/** Footer and end marker are the last two sectors. */
const FOOTER_FROM_END = 2 * SECTOR_BYTES;
const MAX_GRAIN_BYTES = 16 * 1024 * 1024;
const MAX_ENTRIES_PER_TABLE = 65536;
/** That of 64 TiB in grains of 64 KiB has 8 MiB. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const MAX_DESCRIPTOR_BYTES = 1024 * 1024;

/** What the header of a sparse file says, checked; bytes. */
export interface SparseHeader {
  size: number;
  grainBytes: number;
  entriesPerTable: number;
  /** Where the grain directories stand, the one to read first, and how many entries each has. */
  directories: readonly number[];
  directoryEntries: number;
  compressed: boolean;
  /** Compressed grains begin with a marker. */
  marked: boolean;
  zeroGrains: boolean;
  unclean: boolean;
  /** Where the embedded descriptor stands; null: this is one of several files, and the descriptor another. */
  descriptor: { offset: number; length: number } | null;
}

export async function isSparse(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  return file.size >= sparseHeader.size && (await file.read(0, 4, signal)).readUInt32LE(0) === MAGIC;
}

/** @throws DamagedStructureError, NotSupportedError */
export async function readSparseHeader(file: BlockSource, signal: AbortSignal): Promise<SparseHeader> {
  const first = await readFields(file, 0, signal);
  if (!first) throw damaged('it does not begin with a header');
  const fields = first.directorySector === DIRECTORY_AT_END ? await readFooter(file, signal) : first;
  const { version, flags, entriesPerTable, compression, unclean } = fields;
  if (version === 0 || version > NEWEST_VERSION)
    throw new NotSupportedError(`the VMDK image is of version ${version}, which is not known here`);
  const compressed = (flags & Flag.compressed) !== 0;
  if (compressed && compression !== DEFLATE)
    throw new NotSupportedError(`the VMDK image is compressed by method ${compression}, which is not known here`);
  const size = inBytes(fields.capacity, 'its disk');
  const grainBytes = inBytes(fields.grainSectors, 'a grain');
  if (grainBytes === 0 || grainBytes > MAX_GRAIN_BYTES || (grainBytes & (grainBytes - 1)) !== 0)
    throw damaged(`its grains would have ${grainBytes} bytes`);
  if (entriesPerTable === 0 || entriesPerTable > MAX_ENTRIES_PER_TABLE)
    throw damaged(`its grain tables would have ${entriesPerTable} entries`);
  const directoryEntries = Math.ceil(size / (grainBytes * entriesPerTable));
  if (directoryEntries * 4 > MAX_DIRECTORY_BYTES)
    throw new NotSupportedError(`a disk of ${size} bytes in grains of ${grainBytes} is too large`);
  return {
    size,
    grainBytes,
    entriesPerTable,
    directories: directoriesOf(fields, file, directoryEntries),
    directoryEntries,
    compressed,
    marked: (flags & Flag.markers) !== 0,
    zeroGrains: (flags & Flag.zeroGrains) !== 0,
    unclean: unclean !== 0,
    descriptor: descriptorOf(first, file),
  };
}

/** Null when no header stands there. */
async function readFields(file: BlockSource, offset: number, signal: AbortSignal) {
  const fields = sparseHeader.read(await file.read(offset, sparseHeader.size, signal));
  return fields.magic === MAGIC ? fields : null;
}

/** A stream-optimised image is written from front to end, so that only its footer knows where the directory came to stand. */
async function readFooter(file: BlockSource, signal: AbortSignal) {
  const whole = Math.floor(file.size / SECTOR_BYTES) * SECTOR_BYTES;
  const fields = await readFields(file, Math.max(0, whole - FOOTER_FROM_END), signal);
  if (!fields || fields.directorySector === DIRECTORY_AT_END)
    throw damaged('its footer is missing: the file may have been copied only in part');
  return fields;
}

type Fields = Awaited<ReturnType<typeof readFooter>>;

/** VMware and QEMU read the second directory where there is one, and keep both the same. */
function directoriesOf({ flags, directorySector, secondDirectorySector }: Fields, file: BlockSource, entries: number): number[] {
  const sectors = [directorySector, ...((flags & Flag.secondDirectory) !== 0 ? [secondDirectorySector] : [])];
  const inside = sectors.map((sector) => safeNumber(sector) * SECTOR_BYTES).filter((offset) => offset <= file.size - entries * 4);
  if (inside.length === 0) throw damaged('its grain directory would lie outside of the file');
  return inside;
}

function descriptorOf({ descriptorSector, descriptorSectors }: Fields, file: BlockSource): SparseHeader['descriptor'] {
  if (descriptorSector === 0n || descriptorSectors === 0n) return null;
  const offset = safeNumber(descriptorSector) * SECTOR_BYTES;
  if (offset >= file.size) throw damaged('its descriptor would lie outside of the file');
  return { offset, length: Math.min(safeNumber(descriptorSectors) * SECTOR_BYTES, MAX_DESCRIPTOR_BYTES, file.size - offset) };
}

function inBytes(sectors: bigint, what: string): number {
  const count = safeNumber(sectors * BigInt(SECTOR_BYTES));
  if (count === Infinity) throw new NotSupportedError(`${what} would be larger than 8 PiB`);
  return count;
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('VMDK header', `the VMDK image is damaged: ${what}`);
}
