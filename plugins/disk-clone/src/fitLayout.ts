import type { PartitionChange, TableLayout } from '@diskwright/sdk/protocol';

const ALIGNMENT = 1024 * 1024;

/**
 * The changes that make the last partition's entry reach to the end of the space that a target's table leaves, a whole MiB; a logical partition takes its
 * extended partition with it. Empty when there is nothing to gain.
 * @param usableEnd first byte behind what partitions may use on the target
 */
export function growLastPartition(
  table: TableLayout,
  usableEnd: number,
): { changes: PartitionChange[]; grown: { number: number; bytes: number } | null } {
  const volumes = table.partitions.filter((partition) => partition.role !== 'extended');
  const last = volumes.reduce<TableLayout['partitions'][number] | null>(
    (best, partition) => (!best || partition.start > best.start ? partition : best),
    null,
  );
  if (!last) return { changes: [], grown: null };
  const end = Math.floor(usableEnd / ALIGNMENT) * ALIGNMENT;
  const bytes = end - (last.start + last.size);
  if (bytes <= 0) return { changes: [], grown: null };
  const changes: PartitionChange[] = [{ number: last.number, size: last.size + bytes }];
  if (last.role === 'logical') {
    const extended = table.partitions.find((partition) => partition.role === 'extended');
    if (extended && extended.start + extended.size < end)
      changes.unshift({ number: extended.number, size: end - extended.start });
  }
  return { changes, grown: { number: last.number, bytes } };
}
