import type { StructureCopy } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import type { NtfsVolume } from './ntfsVolume';
import { BOOT_SECTOR_BYTES, ntfsBootSector } from '../structures/ntfsBootSector';

/**
 * The boot sector and its copies: one right behind the sectors that it counts, and, where the partition is longer, perhaps one in the partition's last
 * sector. What is no boot sector of this volume is none.
 */
export async function readBootCopies(source: BlockSource, volume: NtfsVolume, signal?: AbortSignal): Promise<StructureCopy[]> {
  const sectorBytes = volume.boot.bytesPerSector;
  const lastSector = Math.floor(source.size / sectorBytes) * sectorBytes - sectorBytes;
  const copies: StructureCopy[] = [{ name: 'NTFS boot sector', offset: 0, raw: volume.raw }];
  for (const offset of new Set([volume.countedBytes, lastSector])) {
    if (offset < BOOT_SECTOR_BYTES || offset > source.size - Math.max(sectorBytes, BOOT_SECTOR_BYTES)) continue;
    const raw = await source.read(offset, BOOT_SECTOR_BYTES, signal);
    const isCopy = ntfsBootSector.check(raw, 0, offset, 'ntfs.backup').length === 0;
    if (isCopy && ntfsBootSector.read(raw).serial === volume.boot.serial)
      copies.push({ name: 'NTFS backup boot sector', offset, raw });
  }
  return copies;
}
