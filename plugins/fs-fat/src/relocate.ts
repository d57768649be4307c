import { correctField, type RelocateResult, type RelocateTarget, type StructureCopy } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { FatGeometry } from './geometry';
import { bootSector16, bootSector32 } from './structures/bootSector';

/**
 * The hidden-sectors fields for a new place: boot code adds them to every sector number (specification, section 3.1, BPB_HiddSec). They count the
 * device's logical sectors. The filesystem keeps its size.
 * @throws RefusedError for another sector size or a volume that is too small
 */
export function relocateFat(
  geometry: FatGeometry,
  copies: readonly StructureCopy[],
  volume: { size: number; sectorSize: 512 | 4096 },
  target: RelocateTarget,
): RelocateResult {
  const { sectorSize } = volume;
  if (target.newSectorSize !== sectorSize) {
    throw new RefusedError(
      `a FAT volume made for sectors of ${geometry.bytesPerSector} bytes cannot be moved from sectors of ${sectorSize} bytes to sectors of ${target.newSectorSize}`,
      { todo: 'choose a target with the same sector size, or make a new filesystem there and copy the files' },
    );
  }
  // A filesystem that is longer than its volume is cut off already; moving it loses no more.
  const needed = Math.min(geometry.size, volume.size);
  if (target.newSize < needed) {
    throw new RefusedError(`the FAT filesystem needs ${needed} bytes, but its new place has only ${target.newSize}`, {
      todo: 'choose a larger target',
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
  const layout = geometry.boot32 ? bootSector32 : bootSector16;
  const correction = { layout, field: 'hiddenSectors', value: hiddenSectors, words: 'hidden sectors' } as const;
  return { writes: correctField(copies, correction), warnings: [] };
}
