import type { ProblemList } from '@diskwright/sdk';
import { isChecksumRight } from './checksum';
import { Incompatible, KNOWN_INCOMPATIBLE, KNOWN_READ_ONLY } from './features';
import { superblock, SUPERBLOCK_CHECKSUM_AT } from './structures/superblock';
import type { XfsVolume } from './volume';

const todo = 'Run xfs_repair -n on the filesystem to see what it would mend.';
const rangeOf = (name: Parameters<typeof superblock.range>[0]) => [superblock.range(name)];

/** Whether the checksum of the superblock is right; true in version 4, which has none. */
export function isSuperblockSound({ geometry, superblockBytes }: XfsVolume): boolean {
  if (!geometry.hasChecksums) return true;
  return superblockBytes.length === geometry.sectorSize && isChecksumRight(superblockBytes, SUPERBLOCK_CHECKSUM_AT);
}

/** Finds what the superblock alone says is wrong. */
export function findSuperblockProblems(volume: XfsVolume, problems: ProblemList): void {
  const { superblock: value, geometry, source } = volume;
  if (!isSuperblockSound(volume))
    problems.add({
      severity: 'error',
      code: 'xfs.superblock.checksum',
      effect: 'unknown',
      message: 'The checksum of the superblock is wrong.',
      ranges: rangeOf('checksum'),
      todo,
    });
  if (value.inProgress !== 0)
    problems.add({
      severity: 'error',
      code: 'xfs.superblock.inProgress',
      effect: 'unknown',
      message: 'mkfs.xfs or xfs_copy did not finish making this filesystem.',
      ranges: rangeOf('inProgress'),
    });
  findFeatureProblems(volume, problems);
  if (value.realtimeBlocksCount > 0n)
    problems.add({
      severity: 'info',
      code: 'xfs.realtime',
      effect: 'none',
      message: 'Part of the filesystem is on a realtime device, which is not read: the content of files there cannot be shown.',
      ranges: rangeOf('realtimeBlocksCount'),
    });
  findSizeProblems(volume, problems);
  if (geometry.sectorSize < source.sectorSize)
    problems.add({
      severity: 'warning',
      code: 'xfs.sectorSize',
      effect: 'none',
      message: `It was made for sectors of ${geometry.sectorSize} bytes and cannot be used on sectors of ${source.sectorSize} bytes.`,
      ranges: rangeOf('sectorSize'),
    });
}

function findFeatureProblems({ superblock: value, geometry }: XfsVolume, problems: ProblemList): void {
  if (!geometry.hasChecksums) return;
  if ((value.incompatibleFeatures & Incompatible.NEEDS_REPAIR) !== 0)
    problems.add({
      severity: 'error',
      code: 'xfs.needsRepair',
      effect: 'unknown',
      message: 'It is marked as in need of xfs_repair.',
      ranges: rangeOf('incompatibleFeatures'),
      todo,
    });
  const unknown = (value.incompatibleFeatures & ~KNOWN_INCOMPATIBLE) | (value.readOnlyFeatures & ~KNOWN_READ_ONLY);
  if (unknown !== 0)
    problems.add({
      severity: 'warning',
      code: 'xfs.features',
      effect: 'unknown',
      message: 'It has features that are not known here, so that it cannot be told what is used.',
      ranges: [...rangeOf('readOnlyFeatures'), ...rangeOf('incompatibleFeatures')],
    });
}

function findSizeProblems({ size, source }: XfsVolume, problems: ProblemList): void {
  if (size > source.size)
    problems.add({
      severity: 'error',
      code: 'xfs.size.larger',
      effect: 'unknown',
      message: `By its superblock it has ${size} bytes, more than its volume of ${source.size}: part of it is missing.`,
      ranges: rangeOf('blocksCount'),
      todo: 'Bring the volume back to its old size: XFS cannot be made smaller.',
    });
  else if (size < source.size)
    problems.add({
      severity: 'info',
      code: 'xfs.size.smaller',
      effect: 'none',
      message: `It ends ${source.size - size} bytes before its volume.`,
      ranges: [{ offset: size, length: source.size - size }],
      todo: 'xfs_growfs makes the mounted filesystem as large as its volume.',
    });
}
