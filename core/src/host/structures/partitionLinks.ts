import type { Partition, TableLayout } from '@diskwright/sdk/protocol';
import type { OwnerLink } from '../../common/workbench';

/** The links between device and volume: the partition around a byte, the table's own ranges, or the gap. None without a table. */
export function partitionLinks(table: TableLayout | null, offset: number, deviceSize: number): OwnerLink[] {
  if (!table) return [];
  const around = table.partitions.filter(({ start, size }) => offset >= start && offset - start < size);
  // An extended partition holds the logical ones, and the records of the table between them.
  const extended = around.filter(({ role }) => role === 'extended').map(partitionLink);
  const structure = table.structures.find(
    (candidate) => offset >= candidate.offset && offset - candidate.offset < candidate.length,
  );
  if (structure) {
    const { name, offset: start, length } = structure;
    return [...extended, { layer: 'table', what: `${table.type.toUpperCase()}: ${name}`, offset: start, length }];
  }
  const volumes = around.filter(({ role }) => role !== 'extended').map(partitionLink);
  return volumes.length > 0 ? [...extended, ...volumes] : [...extended, gapLink(table, offset, deviceSize)];
}

function partitionLink({ number, name, role, start, size }: Partition): OwnerLink {
  const kind = role === 'extended' ? 'extended partition' : 'partition';
  return { layer: 'partition', what: `${kind} ${number}${name ? ` (${name})` : ''}`, offset: start, length: size };
}

/** The space around a byte that neither a volume nor the table has. */
function gapLink({ partitions, structures }: TableLayout, offset: number, deviceSize: number): OwnerLink {
  const occupied = [
    ...structures.map((structure) => ({ start: structure.offset, end: structure.offset + structure.length })),
    ...partitions.flatMap(({ start, size, role }) => (role === 'extended' ? [] : [{ start, end: start + size }])),
  ];
  // The edges of an extended partition bound a gap, too.
  const edges = partitions.filter(({ role }) => role === 'extended').flatMap(({ start, size }) => [start, start + size]);
  const start = Math.max(
    0,
    ...occupied
      .map(({ end }) => end)
      .concat(edges)
      .filter((edge) => edge <= offset),
  );
  const end = Math.min(
    deviceSize,
    ...occupied
      .map((range) => range.start)
      .concat(edges)
      .filter((edge) => edge > offset),
  );
  return { layer: 'gap', what: 'space outside of partitions', offset: start, length: end - start };
}
