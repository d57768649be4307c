import type { Partition, TableLayout } from '@diskwright/sdk/protocol';
import { labelOf } from './labels';
import type { Wanted } from './operations';

/** A partition that was there or shall be. */
export interface ChangedPartition {
  /** As it was; null for a new one. */
  before: Partition | null;
  /** As it shall be; null for one that is deleted. */
  after: Partition | null;
  /** The operation that gives it its place, in the words of steps and notes; null when it keeps it. */
  label: string | null;
  /** Which operation of the input that is. */
  item: number | null;
}

/** Pairs the partitions of two layouts by what the operations say: numbers may change, since logical partitions count through. */
export function changedPartitions(before: TableLayout, after: TableLayout, { operations }: Wanted): ChangedPartition[] {
  const found = (start: number, role: 'extended' | null): Partition => {
    // Only an extended partition can begin where another does.
    return after.partitions.find(
      (partition) => partition.start === start && (partition.role === 'extended') === (role !== null),
    )!;
  };
  const kept = before.partitions.map((partition): ChangedPartition => {
    const own = operations.filter(({ operation }) => operation.kind !== 'create' && operation.number === partition.number);
    const placing =
      own.find(({ operation }) => operation.kind === 'move') ?? own.find(({ operation }) => operation.kind === 'resize');
    const deleting = own.find(({ operation }) => operation.kind === 'delete');
    const by = deleting ?? placing;
    const start = placing?.operation.kind === 'move' ? placing.operation.start : partition.start;
    return {
      before: partition,
      after: deleting ? null : found(start, partition.role === 'extended' ? 'extended' : null),
      label: by ? labelOf(by.item, by.operation) : null,
      item: by?.item ?? null,
    };
  });
  const existing = new Set(kept.map(({ after: partition }) => partition));
  const created = operations.flatMap(({ item, operation }): ChangedPartition[] => {
    if (operation.kind !== 'create') return [];
    const partition = after.partitions.find((candidate) => candidate.start === operation.start && !existing.has(candidate))!;
    return [{ before: null, after: partition, label: labelOf(item, operation), item }];
  });
  return [...kept, ...created];
}

/** The bytes that a partition takes up itself; none of an extended one, which only holds others. */
export function ownRange(partition: Partition | null): { offset: number; length: number }[] {
  return partition && partition.role !== 'extended' ? [{ offset: partition.start, length: partition.size }] : [];
}
