import type { LaidPartition } from '../../widgets/diskMap/regions';
import type { PlanningBase } from './applyChanges';
import { roomAround } from './room';

/** A free place of the device, in bytes. */
export interface Place {
  start: number;
  size: number;
}

/**
 * Where a partition can lie, ascending: what is free of `partitions` (leaving `self` out) and of the table. For a logical partition that
 * is within its extended one; for a new one (null) it is anywhere.
 */
export function places(base: PlanningBase, partitions: readonly LaidPartition[], self: LaidPartition | null): Place[] {
  const others = partitions.filter((other) => other !== self && other.number !== self?.number);
  const outer = others.find(({ role }) => role === 'extended');
  const within = outer && self?.role !== 'primary' && self?.role !== 'extended' ? placesWithin(base, others, outer) : [];
  return self?.role === 'logical' ? within : [...placesBeside(base, others, self), ...within].sort((a, b) => a.start - b.start);
}

function placesBeside(base: PlanningBase, others: readonly LaidPartition[], self: LaidPartition | null): Place[] {
  const taken = [
    ...others.filter(({ role }) => role !== 'logical').map(({ start, size }) => ({ start, end: start + size })),
    ...tableRanges(base).filter(
      ({ start }) => !(self?.role === 'extended' && start >= self.start && start < self.start + self.size),
    ),
  ];
  return roomAround(taken, base.usable.offset, base.usable.offset + base.usable.length);
}

/** Each logical partition needs a sector before it for its own boot record. */
function placesWithin(base: PlanningBase, others: readonly LaidPartition[], outer: LaidPartition): Place[] {
  const { sectorSize } = base.layout.device;
  const logical = others
    .filter(({ role }) => role === 'logical')
    .map(({ start, size }) => ({ start: start - sectorSize, end: start + size + sectorSize }));
  return roomAround([...logical, { start: outer.start, end: outer.start + sectorSize }], outer.start, outer.start + outer.size);
}

function tableRanges(base: PlanningBase): { start: number; end: number }[] {
  return base.structures.map(({ offset, length }) => ({ start: offset, end: offset + length }));
}

/** The place that holds an offset. */
export function placeOf(free: readonly Place[], offset: number): Place | undefined {
  return free.find((place) => offset >= place.start && offset < place.start + place.size);
}
