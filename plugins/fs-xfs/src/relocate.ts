import type { RelocateResult, RelocateTarget } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import type { XfsVolume } from './volume';

/**
 * Nothing in XFS depends on where the volume lies; but its sectors must not be smaller than those of the device, and it must fit.
 * @throws RefusedError when it could not be used there
 */
export function relocate({ source, size, geometry }: XfsVolume, target: RelocateTarget): RelocateResult {
  if (size > target.newSize)
    throw new RefusedError(`The filesystem of ${size} bytes does not fit a volume of ${target.newSize} bytes.`, {
      todo: 'Choose a larger target: XFS cannot be made smaller.',
    });
  const { sectorSize } = geometry;
  if (sectorSize >= target.newSectorSize) return { writes: [], warnings: [] };
  const problem = `XFS made for sectors of ${sectorSize} bytes cannot be used on sectors of ${target.newSectorSize} bytes`;
  if (target.newSectorSize > source.sectorSize)
    throw new RefusedError(`${problem}: no kernel would mount the filesystem there.`, {
      todo: 'Choose a target with sectors of 512 bytes, or make a new filesystem there and copy the files.',
    });
  return { writes: [], warnings: [`${problem}; it could not be used at its old place either.`] };
}
