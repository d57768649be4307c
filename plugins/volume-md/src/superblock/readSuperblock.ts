import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { SECTOR_BYTES } from './structures';
import type { Superblock } from './superblock';
import { parseVersion0, RESERVED_BYTES } from './version0';
import { parseVersion1, SUPERBLOCK1_BYTES } from './version1';

interface Place {
  offset: number;
  parse(bytes: Buffer, offset: number): Superblock | null;
}

/**
 * The superblock of a device. Of several, such as one that an array made anew has left at the other end, the one created last.
 * @returns null when there is none @throws DamagedStructureError when there are but damaged ones, MediaError
 */
export async function readSuperblock(source: BlockSource, signal: AbortSignal): Promise<Superblock | null> {
  let newest: Superblock | null = null;
  let damage: DamagedStructureError | null = null;
  for (const { offset, parse } of placesOn(source.size)) {
    const bytes = await source.read(offset, SUPERBLOCK1_BYTES, signal);
    try {
      const superblock = parse(bytes, offset);
      if (superblock && (newest === null || superblock.created > newest.created)) newest = superblock;
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
      damage ??= error;
    }
  }
  if (newest === null && damage) throw damage;
  return newest;
}

/** Both kinds of superblock are read as 4096 bytes. */
function placesOn(deviceBytes: number): Place[] {
  const sectors = Math.floor(deviceBytes / SECTOR_BYTES);
  // A whole number of 4 KiB, and 8 KiB or more from the end.
  const nearEnd = Math.floor((sectors - 16) / 8) * 8 * SECTOR_BYTES;
  const reserved = Math.floor(deviceBytes / RESERVED_BYTES) * RESERVED_BYTES - RESERVED_BYTES;
  const places: Place[] = [
    { offset: 4096, parse: (bytes, offset) => parseVersion1(bytes, offset, '1.2') },
    { offset: 0, parse: (bytes, offset) => parseVersion1(bytes, offset, '1.1') },
    { offset: nearEnd, parse: (bytes, offset) => parseVersion1(bytes, offset, '1.0') },
    { offset: reserved, parse: parseVersion0 },
  ];
  return places.filter(({ offset }) => offset >= 0 && offset + SUPERBLOCK1_BYTES <= deviceBytes);
}
