import { correctField, type RelocateResult, type RelocateTarget, type StructureCopy } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { RefusedError } from '@diskwright/sdk/errors';
import { ntfsBootSector } from '../structures/ntfsBootSector';

/**
 * The hidden-sectors fields of the boot sector and its copy for a new place, counted in the device's logical sectors: the boot code of Windows adds them to
 * every sector number.
 * @throws RefusedError for another sector size or a smaller place
 */
export function relocateNtfs(source: BlockSource, copies: readonly StructureCopy[], target: RelocateTarget): RelocateResult {
  const { sectorSize, size } = source;
  if (target.newSectorSize !== sectorSize) {
    throw new RefusedError(
      `an NTFS volume cannot be moved from sectors of ${sectorSize} bytes to sectors of ${target.newSectorSize}`,
      {
        todo: 'choose a target with the same sector size',
      },
    );
  }
  if (target.newSize < size) {
    throw new RefusedError(`the NTFS volume has ${size} bytes, but its new place has only ${target.newSize}`, {
      todo: 'choose a larger target, or shrink the volume first',
    });
  }
  const hiddenSectors = target.newStart / sectorSize;
  if (!Number.isSafeInteger(hiddenSectors)) {
    throw new RefusedError(`the new place at ${target.newStart} is not on a sector boundary`, { offset: target.newStart });
  }
  if (hiddenSectors > 0xffff_ffff) {
    const warning = `the boot sector cannot hold ${hiddenSectors} hidden sectors (32 bits): the volume cannot be booted at its new place by a BIOS`;
    return { writes: [], warnings: [warning] };
  }
  const correction = { layout: ntfsBootSector, field: 'hiddenSectors', value: hiddenSectors, words: 'hidden sectors' } as const;
  return { writes: correctField(copies, correction), warnings: [] };
}
