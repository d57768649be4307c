import type { ProblemList } from '@diskwright/sdk';
import { readOrNull } from '@diskwright/sdk/files';
import { isChecksumRight } from '../checksum';
import { headerOffset } from '../groups/groupHeaders';
import { superblock, SUPERBLOCK_CHECKSUM_AT, type Superblock } from '../structures/superblock';
import type { XfsVolume } from '../volume';

/** What a copy of the superblock has to say as the first one does: what never changes, or with the copies. */
const same: readonly (keyof Superblock)[] = [
  'magic',
  'blockSize',
  'blocksCount',
  'uuid',
  'logStart',
  'groupBlocks',
  'groupsCount',
  'logBlocks',
  'sectorSize',
  'inodeSize',
];

/** Compares the copies of the superblock with the first. The kernel leaves their counts and their label as they were, and mkfs.xfs the root of some. */
export async function findBackupProblems(volume: XfsVolume, problems: ProblemList, signal: AbortSignal): Promise<void> {
  const { geometry, source } = volume;
  for (let group = 1; group < volume.readableGroups; group++) {
    signal.throwIfAborted();
    const offset = headerOffset(volume, group, 0);
    const bytes = await readOrNull(() => source.read(offset, geometry.sectorSize, signal));
    if (!bytes) continue;
    const copy = superblock.read(bytes);
    const isRight = !geometry.hasChecksums || isChecksumRight(bytes, SUPERBLOCK_CHECKSUM_AT);
    if (isRight && same.every((name) => copy[name] === volume.superblock[name])) continue;
    problems.add({
      severity: 'warning',
      code: 'xfs.backup.damaged',
      effect: 'none',
      message: `The copy of the superblock in group ${group} is not what the first one is.`,
      ranges: [{ offset, length: superblock.size }],
      todo: 'Run xfs_repair on the unmounted filesystem: it writes the copies again.',
    });
  }
}
