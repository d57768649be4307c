import type { LaidPartition } from '../../widgets/diskMap/regions';
import type { PlanningBase } from './applyChanges';
import { roomAround } from './room';

/** What partitions are aligned to. */
export const ALIGNMENT = 1024 * 1024;

/** The free places between `usable`'s ends, with partition `except` counted as free. Bytes. */
export function freePlaces(
  base: PlanningBase,
  partitions: readonly LaidPartition[],
  except?: number,
): { start: number; size: number }[] {
  const taken = [
    ...partitions.filter(({ number }) => number !== except).map(({ start, size }) => ({ start, end: start + size })),
    ...base.structures.map(({ offset, length }) => ({ start: offset, end: offset + length })),
  ];
  return roomAround(taken, base.usable.offset, base.usable.offset + base.usable.length);
}

/** The sizes that a partition's entry may take where it begins; bytes, whole sectors. */
export function sizeLimits(
  base: PlanningBase,
  partitions: readonly LaidPartition[],
  partition: LaidPartition,
): { least: number; most: number } {
  const { sectorSize } = base.layout.device;
  const place = placeOf(freePlaces(base, partitions, partition.number), partition.start);
  const most = place ? place.start + place.size - partition.start : partition.size;
  const least = partition.filesystem ? Math.ceil(partition.filesystem.size / sectorSize) * sectorSize : sectorSize;
  return { least: Math.min(least, partition.size), most: Math.max(roundDown(most, sectorSize), partition.size) };
}

/** A size near `wanted`, within the limits; its end snaps to the alignment unless a limit lies nearer. */
export function snapSize(start: number, wanted: number, limits: { least: number; most: number }): number {
  const end = Math.round((start + wanted) / ALIGNMENT) * ALIGNMENT;
  const size = end - start;
  if (wanted >= limits.most - ALIGNMENT / 2 || size > limits.most) return limits.most;
  return Math.max(size, limits.least);
}

/**
 * A start near `wanted` at which `size` bytes are free, aligned where the place allows it.
 * @returns null when no place is large enough
 */
export function snapStart(places: readonly { start: number; size: number }[], size: number, wanted: number): number | null {
  let best: number | null = null;
  for (const place of places) {
    if (place.size < size) continue;
    const last = place.start + place.size - size;
    const aligned = Math.min(
      Math.max(Math.round(wanted / ALIGNMENT) * ALIGNMENT, alignUp(place.start)),
      roundDown(last, ALIGNMENT),
    );
    const start = aligned >= place.start ? aligned : place.start;
    if (best === null || Math.abs(start - wanted) < Math.abs(best - wanted)) best = start;
  }
  return best;
}

/** The aligned range within a free place nearest to a wanted one; null when the place holds no aligned mebibyte. */
export function snapRange(
  place: { start: number; size: number },
  from: number,
  to: number,
): { start: number; size: number } | null {
  const first = alignUp(place.start);
  const last = roundDown(place.start + place.size, ALIGNMENT);
  if (last <= first) return null;
  const clamp = (offset: number): number => Math.min(Math.max(Math.round(offset / ALIGNMENT) * ALIGNMENT, first), last);
  const start = Math.min(clamp(Math.min(from, to)), last - ALIGNMENT);
  const end = Math.max(clamp(Math.max(from, to)), start + ALIGNMENT);
  return { start, size: end - start };
}

/** The free place that holds an offset. */
export function placeOf(
  places: readonly { start: number; size: number }[],
  offset: number,
): { start: number; size: number } | undefined {
  return places.find((place) => offset >= place.start && offset < place.start + place.size);
}

const roundDown = (value: number, unit: number): number => Math.floor(value / unit) * unit;
const alignUp = (value: number): number => Math.ceil(value / ALIGNMENT) * ALIGNMENT;
