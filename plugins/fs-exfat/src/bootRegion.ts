import type { BlockSource } from '@diskwright/sdk/block';
import { BOOT_REGION_SECTORS, type ExfatGeometry } from './geometry';
import { bootSector, SPECIFICATION } from './structures/bootSector';

/** A boot region: boot sector, its extensions, and a sector that repeats the checksum over the others. */
export interface BootRegion {
  name: string;
  offset: number;
  raw: Buffer;
  /** What the checksum sector should repeat. */
  checksum: number;
  /** Where the checksum sector lies, and its first word. */
  checksumOffset: number;
  storedChecksum: number;
  /** Whether the whole sector repeats the right checksum. */
  isSound: boolean;
}

export const CHECKSUM_SOURCE = `${SPECIFICATION}, section 3.4`;
/** What changes without a new checksum: the flags and the percentage in use. */
const LEFT_OUT = [bootSector.range('flags'), bootSector.range('percentInUse')].flatMap(({ offset, length }) =>
  Array.from({ length }, (_, index) => offset + index),
);

/** The checksum over the sectors before the last one of a region. */
export function bootChecksum(region: Buffer, bytesPerSector: number): number {
  const end = (BOOT_REGION_SECTORS - 1) * bytesPerSector;
  let sum = 0;
  for (let at = 0; at < end; at++) if (!LEFT_OUT.includes(at)) sum = (((sum << 31) | (sum >>> 1)) + region[at]!) >>> 0;
  return sum;
}

/** The main region and its backup, as far as they lie on the volume. */
export async function readBootRegions(source: BlockSource, geometry: ExfatGeometry, signal?: AbortSignal): Promise<BootRegion[]> {
  const { bytesPerSector } = geometry;
  const length = BOOT_REGION_SECTORS * bytesPerSector;
  const regions: BootRegion[] = [];
  for (const [index, name] of ['boot sector', 'backup boot sector'].entries()) {
    const offset = index * length;
    if (offset > source.size - length) break;
    const raw = await source.read(offset, length, signal);
    const checksum = bootChecksum(raw, bytesPerSector);
    const last = length - bytesPerSector;
    regions.push({
      name: `exFAT ${name}`,
      offset,
      raw,
      checksum,
      checksumOffset: offset + last,
      storedChecksum: raw.readUInt32LE(last),
      isSound: raw.subarray(last).equals(checksumSector(checksum, bytesPerSector)),
    });
  }
  return regions;
}

/** A sector that repeats a checksum. */
export function checksumSector(checksum: number, bytesPerSector: number): Buffer {
  const sector = Buffer.alloc(bytesPerSector);
  for (let at = 0; at < bytesPerSector; at += 4) sector.writeUInt32LE(checksum, at);
  return sector;
}
