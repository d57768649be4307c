import type { ByteRange } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { crc32c } from '@diskwright/sdk/struct';
import { Incompatible } from './features';
import type { Geometry } from './geometry';
import type { ProblemList } from '@diskwright/sdk';
import type { BlockRun } from './superblockPlaces';
import { hasSuperblockChecksum } from './superblockProblems';
import { multiMountBlock, multiMountMagic, MultiMountSequence } from './structures/multiMountBlock';
import type { ExtVolume } from './volume';

/** The block of multi-mount protection; null without mmp. Its place is not checked. */
export function multiMountRun(volume: ExtVolume): BlockRun | null {
  if ((volume.superblock.incompatibleFeatures & Incompatible.MMP) === 0) return null;
  return { firstBlock: safeNumber(volume.superblock.multiMountBlock), blocks: 1 };
}

/**
 * Whether another machine may have the filesystem mounted. Conservatively, everything but the mark of a clean unmount counts as in use: a check that
 * is under way (or was killed) as well as a counter that may have stopped long ago.
 */
export async function findMultiMountProblems(
  volume: ExtVolume,
  geometry: Geometry,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const run = multiMountRun(volume);
  if (!run) return;
  const add = (code: string, message: string, ranges: ByteRange[] = []): void =>
    problems.add({
      severity: 'warning',
      code,
      effect: 'unknown',
      message,
      ranges,
      todo: 'Unmount it wherever it is mounted; if it is mounted nowhere, tune2fs -E clear_mmp clears the mark.',
    });
  if (run.firstBlock <= geometry.firstDataBlock || run.firstBlock >= geometry.blocksCount)
    return add('ext.mmp.place', `The block of multi-mount protection (${run.firstBlock}) lies outside of the filesystem.`);
  const offset = run.firstBlock * geometry.blockSize;
  const bytes = await volume.source.read(offset, multiMountBlock.size, signal);
  const value = multiMountBlock.read(bytes);
  const ranges = [{ offset, length: multiMountBlock.size }];
  if (value.magic !== multiMountMagic)
    return add('ext.mmp.magic', 'The block of multi-mount protection is damaged: wrong magic number.', ranges);
  const expected = crc32c(geometry.checksumSeed, bytes.subarray(0, multiMountBlock.range('checksum').offset));
  if (hasSuperblockChecksum(volume.superblock) && value.checksum !== expected)
    return add('ext.mmp.checksum', 'The block of multi-mount protection is damaged: wrong checksum.', ranges);
  if (value.sequence === MultiMountSequence.CHECKING)
    return add('ext.mmp.checking', `Multi-mount protection says that e2fsck is at work on it (on ${value.nodeName}).`, ranges);
  if (value.sequence !== MultiMountSequence.CLEAN)
    add('ext.mmp.used', `Multi-mount protection says that it is in use (on ${value.nodeName}, ${value.deviceName}).`, ranges);
}
