import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import type { Geometry } from './geometry';
import { descriptorLayout } from './groupTable';
import { multiMountRun } from './multiMountProblems';
import { superblock, superblockBytes, superblockOffset } from './structures/superblock';
import { multiMountBlock } from './structures/multiMountBlock';
import { descriptorBlock, superblockBlock, superblockGroups } from './superblockPlaces';
import { hasSuperblockChecksum, superblockChecksum } from './superblockProblems';
import type { ExtVolume } from './volume';

/** Where the backups of the superblock lie, in bytes, ascending; only those that are inside of the volume. */
export function* backupSuperblocks(volume: ExtVolume, geometry: Geometry): IterableIterator<{ group: number; offset: number }> {
  for (const group of superblockGroups(geometry)) {
    const offset = superblockBlock(geometry, group) * geometry.blockSize;
    if (group > 0 && offset <= volume.source.size - superblockBytes) yield { group, offset };
  }
}

/** A superblock as the sector view shows it; a wrong checksum is a finding. */
export function superblockInstance(bytes: Buffer, offset: number): StructureInstance {
  const instance = superblock.instance(bytes, 0, offset, 'ext.superblock');
  const value = superblock.read(bytes);
  const expected = superblockChecksum(bytes);
  if (!hasSuperblockChecksum(value) || value.checksum === expected) return instance;
  const { offset: at, length } = superblock.range('checksum');
  instance.findings.push({
    severity: 'error',
    code: 'ext.superblock.checksum',
    message: `ext superblock: checksum is not 0x${expected.toString(16).padStart(8, '0')}, which its bytes give`,
    ranges: [{ offset: offset + at, length }],
  });
  return instance;
}

/**
 * Superblock, group descriptors, multi-mount protection and backup superblocks, made as they are asked for; with a range those that meet it, without
 * looking at the others.
 */
export async function* listStructures(
  volume: ExtVolume,
  signal: AbortSignal,
  range: ByteRange = { offset: 0, length: Number.MAX_SAFE_INTEGER },
): AsyncGenerator<StructureInstance> {
  const isWanted = (offset: number, length: number): boolean => rangesMeet({ offset, length }, range);
  if (isWanted(superblockOffset, superblockBytes)) yield superblockInstance(volume.superblockBytes, superblockOffset);
  const { geometry, source } = volume;
  if (geometry instanceof DamagedStructureError || volume.size > source.size) return;
  yield* descriptorsMeeting(source, geometry, range, signal);
  const multiMount = multiMountRun(volume);
  if (multiMount && multiMount.firstBlock < geometry.blocksCount) {
    const offset = multiMount.firstBlock * geometry.blockSize;
    if (isWanted(offset, multiMountBlock.size))
      yield multiMountBlock.instance(await source.read(offset, multiMountBlock.size, signal), 0, offset, 'ext.mmp');
  }
  for (const { offset } of backupSuperblocks(volume, geometry)) {
    if (isWanted(offset, superblockBytes)) yield superblockInstance(await source.read(offset, superblockBytes, signal), offset);
  }
}

/** The group descriptors that meet a range, read a block at a time. */
async function* descriptorsMeeting(
  source: BlockSource,
  geometry: Geometry,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance> {
  const { blockSize, descriptorSize, descriptorsPerBlock, groupsCount } = geometry;
  const layout = descriptorLayout(geometry);
  for (let index = 0; index < geometry.descriptorBlocks; index++) {
    const start = descriptorBlock(geometry, index) * blockSize;
    if (!rangesMeet({ offset: start, length: blockSize }, range)) continue;
    if (start > source.size - blockSize)
      throw new DamagedStructureError('ext group descriptors', `group descriptors at ${start} lie outside of the volume`, {
        offset: start,
        length: blockSize,
      });
    const bytes = await source.read(start, blockSize, signal);
    const groups = Math.min(descriptorsPerBlock, groupsCount - index * descriptorsPerBlock);
    for (let position = 0; position < groups; position++) {
      const at = position * descriptorSize;
      if (rangesMeet({ offset: start + at, length: descriptorSize }, range))
        yield layout.instance(bytes, at, start + at, 'ext.group');
    }
  }
}
