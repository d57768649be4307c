import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { isWhole } from './checksum';
import { header, Id, regionEntry, regionTable } from './structures';

const KIB = 1024;
const SIGNATURE = 'vhdxfile';
const HEADERS_AT = [64 * KIB, 128 * KIB];
const REGION_TABLES_AT = [192 * KIB, 256 * KIB];
const REGION_TABLE_BYTES = 64 * KIB;
const MAX_REGIONS = 2047;

export interface VhdxHeader {
  /** The disk's content as it is now: what rests on it names this. */
  dataWriteId: string;
  /** Null: nothing is to be replayed. */
  log: { id: string; offset: number; length: number } | null;
}

/** Where in the file a region lies, bytes. */
export interface Region {
  offset: number;
  length: number;
}

export async function isVhdx(file: BlockSource, signal: AbortSignal): Promise<boolean> {
  return file.size >= SIGNATURE.length && (await file.read(0, SIGNATURE.length, signal)).toString('latin1') === SIGNATURE;
}

/** Of the two headers the newer that is whole. @throws DamagedStructureError, NotSupportedError */
export async function readHeader(file: BlockSource, signal: AbortSignal): Promise<VhdxHeader> {
  const copies = await wholeCopies(file, HEADERS_AT, header.size, 'head', signal);
  const found = copies.map((bytes) => header.read(bytes)).sort((a, b) => Number(b.sequence - a.sequence))[0];
  if (!found) throw damaged('neither of its headers is whole');
  if (found.version !== 1) throw new NotSupportedError(`the VHDX image is of version ${found.version}, which is not known here`);
  const { dataWriteId, logId, logVersion, logBytes, logOffset } = found;
  if (logId === Id.none) return { dataWriteId, log: null };
  if (logVersion !== 0) throw new NotSupportedError(`the VHDX image has a log of version ${logVersion}, which is not known here`);
  const offset = safeNumber(logOffset);
  if (offset > file.size - logBytes) throw damaged('its log would lie outside of the file');
  return { dataWriteId, log: { id: logId, offset, length: logBytes } };
}

/** Where the block table and the metadata are. @throws DamagedStructureError, NotSupportedError for a region that has to be known and is not */
export async function readRegions(file: BlockSource, signal: AbortSignal): Promise<{ blockTable: Region; metadata: Region }> {
  const [bytes] = await wholeCopies(file, REGION_TABLES_AT, REGION_TABLE_BYTES, 'regi', signal);
  if (!bytes) throw damaged('neither of its region tables is whole');
  const { entries } = regionTable.read(bytes);
  if (entries > MAX_REGIONS) throw damaged(`its region table would have ${entries} entries`);
  const regions = new Map<string, Region>();
  for (let index = 0; index < entries; index++) {
    const { id, offset, length, required } = regionEntry.read(bytes, regionTable.size + index * regionEntry.size);
    if (id !== Id.blockTable && id !== Id.metadata) {
      if ((required & 1) !== 0) throw new NotSupportedError(`the VHDX image has a region that is not known here: ${id}`);
      continue;
    }
    if (safeNumber(offset) > file.size - length) throw damaged('one of its regions would lie outside of the file');
    regions.set(id, { offset: safeNumber(offset), length });
  }
  const [blockTable, metadata] = [regions.get(Id.blockTable), regions.get(Id.metadata)];
  if (!blockTable || !metadata) throw damaged('its region table names no block table or no metadata');
  return { blockTable, metadata };
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('VHDX header', `the VHDX image is damaged: ${what}`);
}

async function wholeCopies(
  file: BlockSource,
  places: readonly number[],
  length: number,
  signature: string,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const inside = places.filter((place) => place <= file.size - length);
  const copies = await Promise.all(inside.map((place) => file.read(place, length, signal)));
  return copies.filter((bytes) => bytes.toString('latin1', 0, signature.length) === signature && isWhole(bytes));
}
