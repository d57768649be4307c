import { ExtentList, intersect, shift, subtract, union } from '@diskwright/sdk/extents';
import { type PlanBuilder, signatureWindows } from '@diskwright/sdk/plan';
import type { ByteRange, TableLayout } from '@diskwright/sdk/protocol';
import { type ChangedPartition, ownRange } from './changedPartitions';
import type { Content } from './contents';

const REASON = 'nothing of what was there before may show';

/**
 * Takes away the marks of old content that would show in partitions that are new, larger or elsewhere. Runs behind the copies, since it may lie where
 * they come from. @returns how many bytes are cleared
 */
export async function clearSignatures(
  builder: PlanBuilder,
  changed: readonly ChangedPartition[],
  contents: readonly Content[],
): Promise<number> {
  let cleared = 0;
  for (const { before, after, label } of changed) {
    if (!after || after.role === 'extended') continue;
    const windows = ExtentList.fromRanges(signatureWindows(after.start, after.size));
    const structure = `old signatures in partition ${after.number}`;
    const reason = `${label}: ${REASON}`;
    if (before === null) {
      builder.zero(windows, structure, reason, 'content');
      cleared += windows.covered;
    } else if (before.start === after.start) {
      const grown = Math.max(0, after.size - before.size);
      const room = ExtentList.fromRanges([{ offset: before.start + before.size, length: grown }]);
      const tail = intersect(windows, room);
      builder.zero(tail, structure, reason, 'content');
      cleared += tail.covered;
    } else {
      const content = contents.find(({ changed: moved }) => moved.before === before)!;
      await builder.clear('zero', 'content', subtract(windows, shift(content.extents, after.start)), structure, reason);
    }
  }
  return cleared;
}

/** What belonged to partitions and belongs to none any more, nor to the table. */
export function freedSpace(changed: readonly ChangedPartition[], after: TableLayout): ExtentList {
  const list = (ranges: ByteRange[]): ExtentList => ExtentList.fromRanges(ranges);
  const before = list(changed.flatMap(({ before: partition }) => ownRange(partition)));
  const now = list(after.partitions.flatMap(ownRange));
  const structures = list(after.structures.map(({ offset, length }) => ({ offset, length })));
  return subtract(before, union(now, structures));
}
