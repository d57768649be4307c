import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { StructureInstance } from '@diskwright/sdk/protocol';
import type { Geometry } from './geometry';
import { GroupTable } from './groupTable';
import { multiMountRun } from './multiMountProblems';
import { superblock, superblockBytes, superblockOffset } from './structures/superblock';
import { multiMountBlock } from './structures/multiMountBlock';
import { superblockBlock, superblockGroups } from './superblockPlaces';
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

/** Superblock, group descriptors, multi-mount protection and backup superblocks, made as they are asked for. */
export async function* listStructures(volume: ExtVolume, signal: AbortSignal): AsyncGenerator<StructureInstance> {
  yield superblockInstance(volume.superblockBytes, superblockOffset);
  const { geometry, source } = volume;
  if (geometry instanceof DamagedStructureError || volume.size > source.size) return;
  const table = await GroupTable.read(source, geometry, signal);
  for (let group = 0; group < geometry.groupsCount; group++) {
    signal.throwIfAborted();
    yield table.layout.instance(table.descriptor(group), 0, table.descriptorRange(group).offset, 'ext.group');
  }
  const multiMount = multiMountRun(volume);
  if (multiMount && multiMount.firstBlock < geometry.blocksCount) {
    const offset = multiMount.firstBlock * geometry.blockSize;
    yield multiMountBlock.instance(await source.read(offset, multiMountBlock.size, signal), 0, offset, 'ext.mmp');
  }
  for (const { offset } of backupSuperblocks(volume, geometry)) {
    yield superblockInstance(await source.read(offset, superblockBytes, signal), offset);
  }
}
