import { NotSupportedError } from '@diskwright/sdk/errors';
import { damaged, type DataSegment, type KeySlot, SECTOR_BYTES } from './luksHeader';

/** Split keys have 4000 stripes; this is room for much longer keys than there are. */
const MAX_AREA_BYTES = 1024 * 1024;

/** Bytes of the volume that hold a split key: whole sectors. */
export function areaBytes(stripes: number, keyBytes: number): number {
  return Math.ceil((stripes * keyBytes) / SECTOR_BYTES) * SECTOR_BYTES;
}

/** What is wrong with the place of a slot's split key, in words that follow a colon, or null. */
export function checkArea({ areaOffset, stripes }: KeySlot, keyBytes: number, first: number, size: number): string | null {
  const length = areaBytes(stripes, keyBytes);
  if (length === 0 || length > MAX_AREA_BYTES) return `its key would be split into ${stripes} stripes`;
  if (areaOffset < first || areaOffset > size - length) return `its key would lie at byte ${areaOffset}`;
  return null;
}

/**
 * @param segment `size` null: up to the end of the volume
 * @param warnings is added to when the volume is shorter than its header says
 * @throws DamagedStructureError; NotSupportedError for a header that stands apart from its data
 */
export function dataSegment(
  segment: Omit<DataSegment, 'size'> & { size: number | null },
  volumeSize: number,
  warnings: string[],
): DataSegment {
  const { offset, size, sectorBytes } = segment;
  if (offset === 0) {
    throw new NotSupportedError(
      'the LUKS header stands apart from its data: these are on another device, which the header does not name',
    );
  }
  const there = volumeSize - offset;
  if (there < sectorBytes) throw damaged(`its data would begin at byte ${offset} of a volume of ${volumeSize} bytes`);
  if (size !== null && size > there)
    warnings.push(`The volume is cut short: ${size - there} bytes at the end of the encrypted data are missing.`);
  const usable = Math.min(size ?? there, there);
  return { ...segment, size: usable - (usable % sectorBytes) };
}
