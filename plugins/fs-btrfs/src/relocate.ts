import type { RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { BtrfsVolume } from './volume';

/**
 * Nothing in btrfs depends on where the volume lies; but its sectors must not be smaller than those of the device, and it must fit.
 * @throws RefusedError when it could not be used there
 */
export function relocate({ source, size, sectorSize }: BtrfsVolume, target: RelocateTarget): RelocateResult {
  if (size > target.newSize)
    throw new RefusedError(`The filesystem of ${size} bytes does not fit a volume of ${target.newSize} bytes.`, {
      todo: 'Choose a larger target, or make the filesystem smaller first: mount it and run btrfs filesystem resize.',
    });
  if (sectorSize < target.newSectorSize && target.newSectorSize > source.sectorSize)
    throw new RefusedError(
      `btrfs with sectors of ${sectorSize} bytes cannot be used on sectors of ${target.newSectorSize} bytes.`,
      {
        todo: 'Choose a target with smaller sectors, or make a new filesystem there and copy the files.',
      },
    );
  return { writes: [], warnings: [] };
}
