import type { ByteRange, DeviceLayout } from '@diskwright/sdk/protocol';
import { sizeText } from '../../widgets/shared/sizeText';
import type { LaidPartition, TableStructure } from '../../widgets/diskMap/regions';
import type { PlannedChange, PlannedOperation } from './changes';
import { places } from './places';
import { isExtendedType, partitionTypeProblem, partitionTypeTitle } from './partitionTypes';
import { roomAround } from './room';

/** What planning starts from: the device as it is, or with a new table on it. */
export interface PlanningBase {
  layout: DeviceLayout;
  /** Where partitions may lie. */
  usable: ByteRange;
  structures: readonly TableStructure[];
}

/** A partition in the making: `origin` is the number that it has in the table as it is, null for a new one. */
interface Planned {
  partition: LaidPartition;
  origin: number | null;
  /** The operation that creates it. */
  operation: string | null;
}

export interface PlannedResult {
  /** With all operations that hold. */
  after: DeviceLayout;
  /** Why an operation does not hold, by its id: it was left out. */
  problems: ReadonlyMap<string, string>;
  /** For each partition of `after`, by number: its number in the table as it is, or the operation that creates it. */
  sources: ReadonlyMap<number, { origin: number | null; operation: string | null }>;
}

/**
 * Applies operations together, on the base that {@link withNewTable} makes of them; their order matters among creations only. One that does not hold is left out and said why, and the others
 * are judged without it.
 */
export function applyChanges(base: PlanningBase, operations: readonly PlannedOperation[]): PlannedResult {
  const problems = new Map<string, string>();
  let planned: Planned[] = base.layout.partitions.map((partition) => ({ partition, origin: partition.number, operation: null }));
  for (const kinds of [['delete'], ['set', 'resize', 'move'], ['create']]) {
    let waiting = operations.filter(({ change }) => kinds.includes(change.kind));
    // One may hold only once another has made room for it.
    for (let progress = true; progress && waiting.length > 0;) {
      const failed = waiting.filter((operation) => {
        const problem = problemOf(base, planned, operation.change);
        if (problem) problems.set(operation.id, problem);
        else {
          problems.delete(operation.id);
          planned = changed(base, planned, operation);
        }
        return problem !== null;
      });
      progress = failed.length < waiting.length;
      waiting = failed;
    }
  }
  const numbered = renumbered(base, planned);
  const partitions = numbered.map(({ partition }) => partition).sort((a, b) => a.number - b.number);
  return {
    after: { ...base.layout, partitions, gaps: gapsOf(base, partitions), findings: [] },
    problems,
    sources: new Map(numbered.map(({ partition, origin, operation }) => [partition.number, { origin, operation }])),
  };
}

function problemOf(base: PlanningBase, planned: readonly Planned[], change: PlannedChange): string | null {
  const { table, device } = base.layout;
  const partitions = planned.map(({ partition }) => partition);
  if (change.kind === 'create') {
    const typeProblem = partitionTypeProblem(table.type, change.type);
    if (typeProblem) return typeProblem;
    const outer = partitions.find(({ role }) => role === 'extended');
    if (outer && isExtendedType(table.type, change.type))
      return `partition ${outer.number} is an extended one already, and one is all that systems know`;
    const logical = outer !== undefined && change.start >= outer.start && change.start < outer.start + outer.size;
    if (!logical && lowestFree(base, partitions) === null) return 'the table has no room for another partition';
    return placeProblem(base, partitions, null, change.start, change.size);
  }
  if (change.kind === 'initialize') return null;
  const partition = planned.find(({ origin }) => origin === change.number)?.partition;
  if (!partition) {
    const known = base.layout.partitions.some(({ number }) => number === change.number);
    return known ? `partition ${change.number} is deleted by another operation` : `there is no partition ${change.number}`;
  }
  switch (change.kind) {
    case 'set':
      return change.type === undefined ? null : partitionTypeProblem(table.type, change.type);
    case 'delete': {
      const inside = partition.role === 'extended' && partitions.find(({ role }) => role === 'logical');
      return inside ? `it holds partition ${inside.number}, which stays` : null;
    }
    case 'resize': {
      const { filesystem } = partition;
      if (filesystem && change.size < filesystem.size) {
        return `the ${filesystem.type} filesystem in it is ${sizeText(filesystem.size)} long and would be cut off; shrink it first`;
      }
      return placeProblem(base, partitions, partition, partition.start, change.size);
    }
    case 'move':
      if (partition.role === 'extended')
        return 'an extended partition cannot be moved, since its logical ones are chained by place';
      return change.start + partition.size > device.size
        ? 'it would reach past the end of the device'
        : placeProblem(base, partitions, partition, change.start, partition.size);
  }
}

function placeProblem(
  base: PlanningBase,
  partitions: readonly LaidPartition[],
  self: LaidPartition | null,
  start: number,
  size: number,
): string | null {
  const { sectorSize } = base.layout.device;
  if (size <= 0) return 'it would have no sector';
  if (start % sectorSize !== 0 || size % sectorSize !== 0) return `it does not begin and end on sectors of ${sectorSize} bytes`;
  if (places(base, partitions, self).some((place) => start >= place.start && start + size <= place.start + place.size))
    return null;
  const met = partitions.find((other) => {
    if (other === self || start >= other.start + other.size || start + size <= other.start) return false;
    // A logical partition lies within its extended one, and that one around it.
    return !(other.role === 'extended' && within(other, start, size)) && !(self?.role === 'extended' && other.role === 'logical');
  });
  if (met) return `it would overlap partition ${met.number}`;
  const { offset, length } = base.usable;
  if (start < offset || start + size > offset + length) {
    return `partitions may lie between ${sizeText(offset)} and ${sizeText(offset + length)} only`;
  }
  return 'it would lie on the partition table';
}

const within = (outer: LaidPartition, start: number, size: number): boolean =>
  start >= outer.start && start + size <= outer.start + outer.size;

function changed(base: PlanningBase, planned: readonly Planned[], { id, change }: PlannedOperation): Planned[] {
  if (change.kind === 'create') {
    const partition = created(base, planned, change);
    return [...planned, { partition, origin: null, operation: id }];
  }
  if (change.kind === 'initialize') return [...planned];
  if (change.kind === 'delete') return planned.filter(({ origin }) => origin !== change.number);
  const type = change.kind === 'set' ? change.type?.toLowerCase() : undefined;
  const update: Partial<LaidPartition> =
    change.kind === 'resize'
      ? { size: change.size }
      : change.kind === 'move'
        ? { start: change.start }
        : {
            ...(type !== undefined && { type, typeName: partitionTypeTitle(base.layout.table.type, type) }),
            ...(change.name !== undefined && { name: change.name }),
            ...(change.bootable !== undefined && { bootable: change.bootable }),
          };
  return planned.map((entry) =>
    entry.origin === change.number ? { ...entry, partition: { ...entry.partition, ...update } } : entry,
  );
}

function created(
  base: PlanningBase,
  planned: readonly Planned[],
  { start, size, type, name }: Extract<PlannedChange, { kind: 'create' }>,
): LaidPartition {
  const partitions = planned.map(({ partition }) => partition);
  const table = base.layout.table.type;
  const logical = partitions.some((outer) => outer.role === 'extended' && within(outer, start, size));
  const last = Math.max(4, ...partitions.map(({ number }) => number));
  return {
    number: logical ? last + 1 : lowestFree(base, partitions)!,
    start,
    size,
    type: type.toLowerCase(),
    typeName: partitionTypeTitle(table, type),
    name: table === 'gpt' ? (name ?? '') : null,
    id: null,
    bootable: false,
    role: isExtendedType(table, type) ? 'extended' : logical ? 'logical' : 'primary',
    filesystem: null,
  };
}

function lowestFree(base: PlanningBase, partitions: readonly LaidPartition[]): number | null {
  const taken = new Set(partitions.map(({ number }) => number));
  const most = base.layout.table.type === 'mbr' ? 4 : 128;
  for (let number = 1; number <= most; number++) if (!taken.has(number)) return number;
  return null;
}

/** Logical partitions are numbered by their place in the chain: where one goes, those behind it move up. */
function renumbered(base: PlanningBase, planned: readonly Planned[]): Planned[] {
  if (base.layout.table.type !== 'mbr') return [...planned];
  const logical = planned.filter(({ partition }) => partition.role === 'logical');
  return planned.map((entry) => {
    const place = logical.indexOf(entry);
    return place < 0 ? entry : { ...entry, partition: { ...entry.partition, number: 5 + place } };
  });
}

function gapsOf(base: PlanningBase, partitions: readonly LaidPartition[]): DeviceLayout['gaps'] {
  const taken = [
    ...base.structures.map(({ offset, length }) => ({ start: offset, end: offset + length })),
    ...partitions.map(({ start, size }) => ({ start, end: start + size })),
  ];
  return roomAround(taken, 0, base.layout.device.size);
}
