import type { ByteRange, DeviceLayout } from '@diskwright/sdk/protocol';
import type { LaidPartition, TableStructure } from '../../widgets/diskMap/regions';
import type { PlannedChange, PlannedOperation } from './changes';
import { roomAround } from './room';
import { partitionTypeProblem, partitionTypeTitle } from './partitionTypes';
import { formatSize } from '../../../common/text/size';

/** What planning starts from: the device as it is. */
export interface PlanningBase {
  layout: DeviceLayout;
  /** Where partitions may lie. */
  usable: ByteRange;
  structures: readonly TableStructure[];
}

export interface PlannedResult {
  /** With all operations that hold. */
  after: DeviceLayout;
  /** Why an operation does not hold, by its id: it was left out. */
  problems: ReadonlyMap<string, string>;
}

/**
 * Applies operations one after the other. One that does not hold, since the device or an earlier operation is no longer as it was, is
 * left out and said why; later ones are judged without it.
 */
export function applyChanges(base: PlanningBase, operations: readonly PlannedOperation[]): PlannedResult {
  const problems = new Map<string, string>();
  let partitions = base.layout.partitions;
  for (const { id, change } of operations) {
    const problem = problemOf(base, partitions, change);
    if (problem) problems.set(id, problem);
    else partitions = changed(base, partitions, change);
  }
  const after = { ...base.layout, partitions, gaps: gapsOf(base, partitions), findings: [] };
  return { after, problems };
}

/** Why a change cannot be made to partitions as they are, a clause that follows the operation; null when it can. */
export function problemOf(base: PlanningBase, partitions: readonly LaidPartition[], change: PlannedChange): string | null {
  const partition = partitions.find(({ number }) => number === change.number);
  if (change.kind === 'create') {
    if (partition) return `there is a partition ${change.number} already`;
    return (
      numberProblem(base, change.number) ??
      typeProblem(base, change.type) ??
      placeProblem(base, partitions, null, change.start, change.size)
    );
  }
  if (!partition) return `there is no partition ${change.number}`;
  if (partition.role !== 'primary')
    return `partition ${change.number} is ${partition.role}; only primary partitions can be planned here`;
  switch (change.kind) {
    case 'delete':
      return null;
    case 'resize':
      return shrinkProblem(partition, change.size) ?? placeProblem(base, partitions, partition, partition.start, change.size);
    case 'move':
      return placeProblem(base, partitions, partition, change.start, partition.size);
  }
}

/** The lowest number that a new partition can have; null when the table is full. */
export function freeNumber(base: PlanningBase, partitions: readonly LaidPartition[]): number | null {
  const taken = new Set(partitions.map(({ number }) => number));
  for (let number = 1; number <= mostPartitions(base); number++) if (!taken.has(number)) return number;
  return null;
}

const mostPartitions = (base: PlanningBase): number => (base.layout.table.type === 'mbr' ? 4 : 128);

function numberProblem(base: PlanningBase, number: number): string | null {
  const most = mostPartitions(base);
  return number >= 1 && number <= most ? null : `the table has room for partitions 1 to ${most}`;
}

function typeProblem(base: PlanningBase, type: string): string | null {
  return partitionTypeProblem(base.layout.table.type, type);
}

function shrinkProblem({ number, filesystem }: LaidPartition, size: number): string | null {
  if (!filesystem || size >= filesystem.size) return null;
  return `the ${filesystem.type} filesystem on partition ${number} is ${formatSize(filesystem.size)} long and would be cut off; shrink it first`;
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
  const { offset, length } = base.usable;
  if (start < offset || start + size > offset + length) {
    return `partitions may lie between ${formatSize(offset)} and ${formatSize(offset + length)} only`;
  }
  const others = partitions.filter((other) => other !== self);
  const met = others.find((other) => start < other.start + other.size && start + size > other.start);
  return met ? `it would overlap partition ${met.number}` : null;
}

function changed(base: PlanningBase, partitions: readonly LaidPartition[], change: PlannedChange): LaidPartition[] {
  const table = base.layout.table.type;
  switch (change.kind) {
    case 'create': {
      const { number, start, size, name } = change;
      const type = change.type.toLowerCase();
      const created: LaidPartition = {
        number,
        start,
        size,
        type,
        typeName: partitionTypeTitle(table, type),
        name: table === 'gpt' ? name : null,
        id: null,
        bootable: false,
        role: 'primary',
        filesystem: null,
      };
      return [...partitions, created].sort((a, b) => a.number - b.number);
    }
    case 'delete':
      return partitions.filter(({ number }) => number !== change.number);
    case 'resize':
      return partitions.map((partition) =>
        partition.number === change.number ? { ...partition, size: change.size } : partition,
      );
    case 'move':
      return partitions.map((partition) =>
        partition.number === change.number ? { ...partition, start: change.start } : partition,
      );
  }
}

function gapsOf(base: PlanningBase, partitions: readonly LaidPartition[]): DeviceLayout['gaps'] {
  const taken = [
    ...base.structures.map(({ offset, length }) => ({ start: offset, end: offset + length })),
    ...partitions.map(({ start, size }) => ({ start, end: start + size })),
  ];
  return roomAround(taken, 0, base.layout.device.size);
}
