import type { RelocateResult, RelocateTarget, WriteProposal } from '@diskwright/sdk';
import { RefusedError } from '@diskwright/sdk/errors';
import { bootChecksum, type BootRegion, checksumSector } from './bootRegion';
import type { ExfatGeometry } from './geometry';
import { bootSector } from './structures/bootSector';

/**
 * The partition offset of both boot regions for a new place, and the checksums that cover it. An offset of 0 says nothing and stays so. The filesystem keeps
 * its size.
 * @throws RefusedError for another sector size or a volume that is too small
 */
export function relocateExfat(
  geometry: ExfatGeometry,
  regions: readonly BootRegion[],
  volume: { size: number; sectorSize: 512 | 4096 },
  target: RelocateTarget,
): RelocateResult {
  const { sectorSize } = volume;
  if (target.newSectorSize !== sectorSize) {
    throw new RefusedError(
      `an exFAT volume made for sectors of ${geometry.bytesPerSector} bytes cannot be moved from sectors of ${sectorSize} bytes to sectors of ${target.newSectorSize}`,
      { todo: 'choose a target with the same sector size, or make a new filesystem there and copy the files' },
    );
  }
  // A filesystem that is longer than its volume is cut off already; moving it loses no more.
  const needed = Math.min(geometry.size, volume.size);
  if (target.newSize < needed) {
    throw new RefusedError(`the exFAT filesystem needs ${needed} bytes, but its new place has only ${target.newSize}`, {
      todo: 'choose a larger target',
    });
  }
  if (target.newStart % sectorSize !== 0)
    throw new RefusedError(`the new place at ${target.newStart} is not on a sector boundary`, { offset: target.newStart });
  const partitionOffset = BigInt(target.newStart / sectorSize);
  const result: RelocateResult = { writes: [], warnings: [] };
  for (const region of regions) {
    const found = bootSector.check(region.raw, 0, 0, '').length === 0 ? bootSector.read(region.raw).partitionOffset : 0n;
    if (found === 0n || found === partitionOffset) continue;
    if (region.isSound) result.writes.push(...correct(geometry, region, partitionOffset, found));
    else
      result.warnings.push(
        `the checksum of the ${region.name} is wrong, so it is left as it is, with the offset of its old place`,
      );
  }
  return result;
}

function correct({ bytesPerSector }: ExfatGeometry, region: BootRegion, value: bigint, found: bigint): WriteProposal[] {
  const { offset, bytes } = bootSector.encodeField('partitionOffset', String(value));
  const changed = Buffer.from(region.raw);
  bytes.copy(changed, offset);
  const checksum = bootChecksum(changed, bytesPerSector);
  return [
    {
      offset: region.offset + offset,
      bytes,
      structure: region.name,
      reason: `partition offset: ${value} instead of ${found}`,
    },
    {
      offset: region.checksumOffset,
      bytes: checksumSector(checksum, bytesPerSector),
      structure: `checksum of the ${region.name}`,
      reason: `checksum over the partition offset: 0x${checksum.toString(16)} instead of 0x${region.checksum.toString(16)}`,
    },
  ];
}
