import type { GroupTable } from './groupTable';
import { groupStructures, isInPlace } from './groupMetadata';
import type { ProblemList } from '@diskwright/sdk';

const todo = 'Run e2fsck on the filesystem, and try again.';

/** Checks the group descriptors by themselves: checksums, places of bitmaps and inode tables, counts that cannot be. */
export function findGroupProblems(table: GroupTable, problems: ProblemList, signal: AbortSignal): void {
  const { geometry } = table;
  for (let group = 0; group < geometry.groupsCount; group++) {
    if (group % 4096 === 0) signal.throwIfAborted();
    const ranges = [table.descriptorRange(group)];
    if (table.storedChecksum(group) !== table.expectedChecksum(group)) {
      problems.add({
        severity: 'error',
        code: 'ext.group.checksum',
        effect: 'unknown',
        message: `The descriptor of group ${group} has a wrong checksum.`,
        ranges,
        todo,
      });
    }
    for (const structure of groupStructures(table, group)) {
      if (isInPlace(geometry, structure)) continue;
      problems.add({
        severity: 'error',
        code: 'ext.group.place',
        effect: 'unknown',
        message: `The ${structure.name} of group ${group} at block ${structure.firstBlock} lies outside of where it may.`,
        ranges,
        todo,
      });
    }
    if (table.freeClusters(group) > geometry.clustersPerGroup || table.freeInodes(group) > geometry.inodesPerGroup) {
      problems.add({
        severity: 'error',
        code: 'ext.group.count',
        effect: 'unknown',
        message: `The descriptor of group ${group} counts more free blocks or inodes than there are.`,
        ranges,
        todo,
      });
    }
  }
}
