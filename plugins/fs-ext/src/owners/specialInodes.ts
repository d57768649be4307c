import { Compatible } from '../features';
import type { Superblock } from '../structures/superblock';

/** Inodes that hold what the filesystem needs itself, by their numbers, in words. */
export function specialInodes(superblock: Superblock): Map<number, string> {
  const names = new Map<number, string>([
    [1, 'list of bad blocks'],
    [3, 'user quota'],
    [4, 'group quota'],
    [5, 'boot loader'],
    [6, 'undelete directory'],
    [7, 'room for more group descriptors'],
    [8, 'journal'],
    [9, 'snapshot exclusion'],
    [10, 'replica'],
  ]);
  const { journalInode, userQuotaInode, groupQuotaInode, projectQuotaInode, orphanFileInode, compatibleFeatures } = superblock;
  names.set(journalInode, 'journal');
  names.set(userQuotaInode, 'user quota');
  names.set(groupQuotaInode, 'group quota');
  names.set(projectQuotaInode, 'project quota');
  if ((compatibleFeatures & Compatible.ORPHAN_FILE) !== 0) names.set(orphanFileInode, 'orphan file');
  names.delete(0);
  return names;
}
