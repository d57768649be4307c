import type { StructureCopy } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import type { FatGeometry } from './geometry';
import { BOOT_SECTOR_BYTES, bootSector32 } from './structures/bootSector';

/** The word at byte 510 of a boot sector, as a number. */
export const BOOT_SIGNATURE = 0xaa55;

/** The boot sector, and the backup where there is one that is a boot sector too. */
export async function readBootCopies(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<StructureCopy[]> {
  const copies: StructureCopy[] = [{ name: `FAT${geometry.width} boot sector`, offset: 0, raw: geometry.raw }];
  const offset = geometry.backupOffset;
  if (offset === null || offset > source.size - BOOT_SECTOR_BYTES) return copies;
  const raw = await source.read(offset, BOOT_SECTOR_BYTES, signal);
  const isBootSector = bootSector32.check(raw, 0, offset, 'fat.backup').length === 0;
  if (isBootSector) copies.push({ name: 'FAT32 backup boot sector', offset, raw });
  return copies;
}
