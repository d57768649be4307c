import type { Geometry } from './geometry';
import type { ProblemList } from '@diskwright/sdk';
import { superblock, superblockBytes, superblockMagic } from './structures/superblock';
import { backupSuperblocks } from './structureList';
import { hasSuperblockChecksum, superblockChecksum } from './superblockProblems';
import type { ExtVolume } from './volume';

/** Without sparse_super every group has a backup; the first ones tell enough. */
const maximumBackups = 32;

/** Checks the backups of the superblock: a damaged one is worth knowing before it is needed. @throws what `read` throws */
export async function findBackupProblems(
  volume: ExtVolume,
  geometry: Geometry,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  let seen = 0;
  for (const { group, offset } of backupSuperblocks(volume, geometry)) {
    if (++seen > maximumBackups) return;
    const bytes = await volume.source.read(offset, superblockBytes, signal);
    const value = superblock.read(bytes);
    const isWhole =
      value.magic === superblockMagic && (!hasSuperblockChecksum(value) || value.checksum === superblockChecksum(bytes));
    if (isWhole && value.uuid === volume.superblock.uuid) continue;
    problems.add({
      severity: 'warning',
      code: isWhole ? 'ext.backup.other' : 'ext.backup.damaged',
      effect: 'none',
      message: `The backup superblock of group ${group} ${isWhole ? 'has another UUID' : 'is damaged'}.`,
      ranges: [{ offset, length: superblockBytes }],
      todo: 'e2fsck -f writes the backups anew.',
    });
  }
}
