import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { lvmChecksum } from './checksum';
import { LABEL_CHECKED_FROM, labelHeader, physicalVolumeHeader, place, SECTOR_BYTES } from './structures';

/** A label stands in one of so many sectors. */
const LABEL_SECTORS = 4;

/** What a label says of the device that it stands on. */
export interface PhysicalVolume {
  /** As LVM prints it: `5KpG2X-…`, six, four (five times) and six characters. */
  uuid: string;
  /** Of the device when it became a physical volume. */
  size: number;
  /** Where its copies of the metadata stand; none is normal. */
  metadataAreas: readonly { offset: number; size: number }[];
  /** Labels that make no sense, beside one that does. */
  warnings: readonly string[];
}

/** Whether there is a label at all, sound or not. */
export async function hasLabel(source: BlockSource, signal: AbortSignal): Promise<boolean> {
  return (await readSectors(source, signal)).some(isLabel);
}

/** @returns null when there is no label @throws DamagedStructureError when there are but damaged ones, MediaError */
export async function readPhysicalVolume(source: BlockSource, signal: AbortSignal): Promise<PhysicalVolume | null> {
  const damaged: DamagedStructureError[] = [];
  for (const [index, sector] of (await readSectors(source, signal)).entries()) {
    if (!isLabel(sector)) continue;
    try {
      return { ...parseLabel(sector, index, source.size), warnings: damaged.map(({ message }) => message) };
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      damaged.push(error);
    }
  }
  if (damaged.length > 0) throw damaged[0]!;
  return null;
}

/** Its characters in groups. */
export function dashedUuid(text: string): string {
  return text.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7');
}

async function readSectors(source: BlockSource, signal: AbortSignal): Promise<Buffer[]> {
  const count = Math.min(LABEL_SECTORS, Math.floor(source.size / SECTOR_BYTES));
  const bytes = await source.read(0, count * SECTOR_BYTES, signal);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES));
}

function isLabel(sector: Buffer): boolean {
  const { id, type } = labelHeader.read(sector);
  return id === 'LABELONE' && type === 'LVM2 001';
}

function parseLabel(sector: Buffer, index: number, deviceBytes: number): Omit<PhysicalVolume, 'warnings'> {
  const { checksum, sector: own, contentOffset } = labelHeader.read(sector);
  if (lvmChecksum(sector.subarray(LABEL_CHECKED_FROM)) !== checksum) throw damagedLabel(index, 'its checksum is wrong');
  if (own !== BigInt(index)) throw damagedLabel(index, `it says that it stands in sector ${own}`);
  if (contentOffset < labelHeader.size) throw damagedLabel(index, `its content would begin at byte ${contentOffset}`);
  const header = physicalVolumeHeader.read(sector, contentOffset);
  if (!/^[A-Za-z0-9!#]{32}$/.test(header.uuid)) throw damagedLabel(index, 'the UUID in it is none');
  const data = readPlaces(sector, contentOffset + physicalVolumeHeader.size, index);
  const metadata = readPlaces(sector, data.end, index);
  return {
    uuid: dashedUuid(header.uuid),
    size: safeNumber(header.size),
    metadataAreas: metadata.places.filter(({ offset, size }) => offset + size <= deviceBytes),
  };
}

/** The places up to the empty one, and where that ends. */
function readPlaces(sector: Buffer, from: number, index: number): { places: { offset: number; size: number }[]; end: number } {
  const places: { offset: number; size: number }[] = [];
  for (let at = from; at + place.size <= SECTOR_BYTES; at += place.size) {
    const { offset, size } = place.read(sector, at);
    if (offset === 0n) return { places, end: at + place.size };
    places.push({ offset: safeNumber(offset), size: safeNumber(size) });
  }
  throw damagedLabel(index, 'its lists of places have no end');
}

function damagedLabel(index: number, what: string): DamagedStructureError {
  return new DamagedStructureError('LVM2 label', `the LVM2 label in sector ${index} is damaged: ${what}`, {
    offset: index * SECTOR_BYTES,
    length: SECTOR_BYTES,
  });
}
