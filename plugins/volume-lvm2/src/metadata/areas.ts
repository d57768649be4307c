import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, MediaError, NotSupportedError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { lvmChecksum } from '../checksum';
import type { PhysicalVolume } from '../physicalVolume';
import { AREA_CHECKED_FROM, AREA_MAGIC, metadataAreaHeader, SECTOR_BYTES, TEXT_IGNORED, textPlace } from '../structures';

/** A volume group with a hundred thousand logical volumes fits. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** What a physical volume has of metadata. */
export interface MetadataCopies {
  /** The texts that count, one an area; none for a physical volume that is in no volume group, or that keeps no copy. */
  texts: string[];
  /** Areas that cannot be read, in words. */
  problems: string[];
}

/** Reads the text of each metadata area. Areas that are damaged or unreadable are told of: others may be whole. */
export async function readMetadataCopies(
  source: BlockSource,
  volume: PhysicalVolume,
  signal: AbortSignal,
): Promise<MetadataCopies> {
  const copies: MetadataCopies = { texts: [], problems: [] };
  for (const area of volume.metadataAreas) {
    try {
      const text = await readArea(source, area.offset, area.size, signal);
      if (text !== null) copies.texts.push(text);
    } catch (error) {
      const told = error instanceof DamagedStructureError || error instanceof MediaError || error instanceof NotSupportedError;
      if (!told) throw error;
      copies.problems.push(`the copy of the metadata at byte ${area.offset} of physical volume ${volume.uuid}: ${error.message}`);
    }
  }
  return copies;
}

async function readArea(source: BlockSource, areaOffset: number, areaBytes: number, signal: AbortSignal): Promise<string | null> {
  if (areaBytes < SECTOR_BYTES) throw damaged(areaOffset, `the area has but ${areaBytes} bytes`);
  const sector = await source.read(areaOffset, SECTOR_BYTES, signal);
  const header = metadataAreaHeader.read(sector);
  if (lvmChecksum(sector.subarray(AREA_CHECKED_FROM)) !== header.checksum) throw damaged(areaOffset, 'the checksum is wrong');
  if (header.magic !== AREA_MAGIC || header.version !== 1) throw damaged(areaOffset, 'it does not begin as one does');
  if (safeNumber(header.start) !== areaOffset) throw damaged(areaOffset, `it says that it stands at byte ${header.start}`);
  if (safeNumber(header.size) > areaBytes) throw damaged(areaOffset, `it says that it has ${header.size} bytes`);
  const place = textPlace.read(sector, metadataAreaHeader.size);
  if (place.offset === 0n || (place.flags & TEXT_IGNORED) !== 0) return null;
  const text = await readText(source, areaOffset, Number(header.size), place.offset, place.size, signal);
  if (lvmChecksum(text) !== place.checksum) throw damaged(areaOffset, 'the checksum of the text is wrong');
  const end = text.indexOf(0);
  return text.toString('utf8', 0, end < 0 ? text.length : end);
}

/** The texts stand in a ring behind the header's sector. */
async function readText(
  source: BlockSource,
  areaOffset: number,
  areaBytes: number,
  offset: bigint,
  size: bigint,
  signal: AbortSignal,
): Promise<Buffer> {
  const [from, length] = [safeNumber(offset), safeNumber(size)];
  if (from < SECTOR_BYTES || from >= areaBytes || length > areaBytes - SECTOR_BYTES)
    throw damaged(areaOffset, 'the text would not lie in it');
  if (length > MAX_TEXT_BYTES)
    throw new NotSupportedError(`a text of ${length} bytes is longer than the ${MAX_TEXT_BYTES} that are read`);
  const first = Math.min(length, areaBytes - from);
  const head = await source.read(areaOffset + from, first, signal);
  if (first === length) return head;
  return Buffer.concat([head, await source.read(areaOffset + SECTOR_BYTES, length - first, signal)]);
}

function damaged(offset: number, what: string): DamagedStructureError {
  return new DamagedStructureError('LVM2 metadata area', `the LVM2 metadata area is damaged: ${what}`, {
    offset,
    length: SECTOR_BYTES,
  });
}
