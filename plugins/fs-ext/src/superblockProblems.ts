import { DamagedStructureError } from '@diskwright/sdk/errors';
import { crc32c } from '@diskwright/sdk/struct';
import { Incompatible, ReadOnlyCompatible, unknownFeatureNames } from './features';
import { featuresOf } from './geometry';
import type { ProblemList } from '@diskwright/sdk';
import { State, superblock, superblockOffset, type Superblock } from './structures/superblock';
import type { ExtVolume } from './volume';

const checkTodo = 'Unmount the filesystem, run e2fsck on it, and try again.';
const mountTodo = 'Mount and unmount the filesystem, or run e2fsck on it, and try again.';

/** The checksum that a superblock should have (`ext2fs_superblock_csum`). */
export function superblockChecksum(bytes: Buffer): number {
  return crc32c(0xffffffff, bytes.subarray(0, superblock.range('checksum').offset));
}

/** Whether a superblock claims to carry a checksum. */
export function hasSuperblockChecksum(value: Superblock): boolean {
  return (value.readOnlyFeatures & ReadOnlyCompatible.METADATA_CSUM) !== 0;
}

/** All that the superblock alone tells about whether its bitmaps can be trusted. */
export function findSuperblockProblems(volume: ExtVolume, problems: ProblemList): void {
  findGeometryProblems(volume, problems);
  findChecksumProblems(volume, problems);
  findReplayProblems(volume, problems);
  findStateProblems(volume.superblock, problems);
  findFeatureProblems(volume.superblock, problems);
  findSizeProblems(volume, problems);
}

const fieldRange = (name: Parameters<typeof superblock.range>[0]): { offset: number; length: number }[] => {
  const { offset, length } = superblock.range(name);
  return [{ offset: superblockOffset + offset, length }];
};

function findGeometryProblems({ geometry }: ExtVolume, problems: ProblemList): void {
  if (!(geometry instanceof DamagedStructureError)) return;
  problems.add({
    severity: 'error',
    code: 'ext.superblock.geometry',
    effect: 'unknown',
    message: `The numbers of the superblock do not agree: ${geometry.message}.`,
    ranges: [{ offset: superblockOffset, length: superblock.size }],
    todo: checkTodo,
  });
}

/** Whether the superblock's own checksum, where it has one, is right. */
export function findChecksumProblems({ superblock: value, superblockBytes }: ExtVolume, problems: ProblemList): void {
  if (!hasSuperblockChecksum(value)) return;
  if (value.checksumType !== 1) {
    problems.add({
      severity: 'error',
      code: 'ext.superblock.checksumType',
      effect: 'unknown',
      message: `The superblock names a checksum of type ${value.checksumType}, which is not known.`,
      ranges: fieldRange('checksumType'),
      todo: checkTodo,
    });
  } else if (superblockChecksum(superblockBytes) !== value.checksum) {
    problems.add({
      severity: 'error',
      code: 'ext.superblock.checksum',
      effect: 'unknown',
      message: 'The checksum of the superblock is wrong, so that its numbers cannot be trusted.',
      ranges: fieldRange('checksum'),
      todo: checkTodo,
    });
  }
}

/** What became of a journal that is to be replayed. */
function findReplayProblems({ superblock: value, replay }: ExtVolume, problems: ProblemList): void {
  if ((value.incompatibleFeatures & Incompatible.NEEDS_RECOVERY) === 0) return;
  const ranges = fieldRange('incompatibleFeatures');
  for (const problem of replay?.problems ?? []) problems.add({ ranges, ...problem });
  if (replay?.blocks) return;
  problems.add({
    severity: 'warning',
    code: 'ext.journal.recovery',
    effect: 'unknown',
    message: 'The journal was not replayed (needs_recovery): blocks that it would add are in use, though no bitmap says so.',
    ranges,
    todo: mountTodo,
  });
}

function findStateProblems(value: Superblock, problems: ProblemList): void {
  const ranges = fieldRange('state');
  if ((value.state & State.ERROR) !== 0) {
    problems.add({
      severity: 'error',
      code: 'ext.state.errors',
      effect: 'unknown',
      message: 'The error flag is set: the kernel or e2fsck found damage, so that the bitmaps cannot be trusted.',
      ranges,
      todo: checkTodo,
    });
  }
  if ((value.state & State.VALID) === 0) {
    problems.add({
      severity: 'warning',
      code: 'ext.state.unclean',
      effect: 'unknown',
      message: 'The filesystem was not cleanly unmounted, so that its bitmaps may be older than its files.',
      ranges,
      todo: checkTodo,
    });
  }
  if ((value.state & State.ORPHAN) !== 0) {
    problems.add({
      severity: 'warning',
      code: 'ext.state.orphans',
      effect: 'unknown',
      message: 'Deleting orphaned files was interrupted, so that the bitmaps may be half changed.',
      ranges,
      todo: checkTodo,
    });
  }
  if (value.errorCount > 0) {
    problems.add({
      severity: 'warning',
      code: 'ext.errorCount',
      effect: 'none',
      message: `The kernel recorded ${value.errorCount} errors, the last in ${value.lastErrorFunction || 'an unnamed function'}.`,
      ranges: fieldRange('errorCount'),
    });
  }
}

function findFeatureProblems(value: Superblock, problems: ProblemList): void {
  const features = featuresOf(value);
  const unknown = unknownFeatureNames(features);
  if (unknown.length > 0) {
    problems.add({
      severity: 'warning',
      code: 'ext.features.unknown',
      effect: 'unknown',
      message: `It uses features that are not known here (${unknown.join(', ')}), which may use blocks in ways that the bitmaps do not show.`,
      ranges: [...fieldRange('incompatibleFeatures'), ...fieldRange('readOnlyFeatures')],
    });
  }
  // An orphan's blocks stay marked until it is deleted, and deleting is a transaction: with a clean log the bitmaps hold all of them.
  const hasOrphans = value.lastOrphan !== 0 || (features.readOnlyCompatible & ReadOnlyCompatible.ORPHAN_PRESENT) !== 0;
  if (hasOrphans) {
    problems.add({
      severity: 'info',
      code: 'ext.orphans',
      effect: 'conservative',
      message: 'Deleted files wait for their blocks to be freed at the next mount; these blocks count as used.',
      ranges: fieldRange('lastOrphan'),
    });
  }
  const both = ReadOnlyCompatible.METADATA_CSUM | ReadOnlyCompatible.GDT_CSUM;
  if ((features.readOnlyCompatible & both) === both) {
    problems.add({
      severity: 'warning',
      code: 'ext.features.checksums',
      effect: 'none',
      message: 'Both metadata_csum and uninit_bg are set, of which the first wins.',
      ranges: fieldRange('readOnlyFeatures'),
      todo: checkTodo,
    });
  }
}

/** Whether the filesystem (or external journal) fits its volume and the volume's sectors. */
export function findSizeProblems({ superblock: value, size, source, blockSize }: ExtVolume, problems: ProblemList): void {
  const is64Bit = (value.incompatibleFeatures & Incompatible.SIXTY_FOUR_BIT) !== 0;
  if (!is64Bit && value.blocksCountHigh !== 0) {
    problems.add({
      severity: 'error',
      code: 'ext.superblock.blocksCountHigh',
      effect: 'unknown',
      message: 'The upper half of the block count is set without 64bit; kernel and e2fsprogs read that differently.',
      ranges: fieldRange('blocksCountHigh'),
      todo: checkTodo,
    });
  }
  if (size > source.size) {
    problems.add({
      severity: 'error',
      code: 'ext.size.larger',
      effect: 'unknown',
      message: `By its superblock it has ${size} bytes, more than its volume of ${source.size}: part of it is missing.`,
      ranges: fieldRange('blocksCountLow'),
      todo: 'Bring the volume back to its old size; the filesystem can then be shrunk with resize2fs.',
    });
  } else if (size < source.size) {
    problems.add({
      severity: 'info',
      code: 'ext.size.smaller',
      effect: 'none',
      message: `It ends ${source.size - size} bytes before its volume.`,
      ranges: [{ offset: size, length: source.size - size }],
      todo: 'resize2fs makes the filesystem as large as its volume.',
    });
  }
  if (blockSize < source.sectorSize) {
    problems.add({
      severity: 'warning',
      code: 'ext.sectorSize',
      effect: 'none',
      message: `Blocks of ${blockSize} bytes cannot be used on sectors of ${source.sectorSize} bytes: no kernel mounts it here.`,
      ranges: fieldRange('logBlockSize'),
    });
  }
}
