import type { LaidPartition } from '../../widgets/diskMap/regions';
import type { PlanningBase } from './applyChanges';
import { type Place, placeOf, places } from './places';

/** What partitions are aligned to. */
export const ALIGNMENT = 1024 * 1024;

/** The least and the most of something, in bytes. */
export interface Limits {
  least: number;
  most: number;
}

/** The sizes that a partition's entry may take where it begins, whole sectors. */
export function sizeLimits(base: PlanningBase, partitions: readonly LaidPartition[], partition: LaidPartition): Limits {
  const { sectorSize } = base.layout.device;
  const place = placeOf(places(base, partitions, partition), partition.start);
  const most = place ? place.start + place.size - partition.start : partition.size;
  const least = Math.max(sectorSize, roundUp(partition.filesystem?.size ?? 0, sectorSize), contentOf(partitions, partition));
  return { least: Math.min(least, partition.size), most: Math.max(roundDown(most, sectorSize), partition.size) };
}

/** How far an extended partition must reach for its logical ones. */
function contentOf(partitions: readonly LaidPartition[], { role, start }: LaidPartition): number {
  if (role !== 'extended') return 0;
  return Math.max(0, ...partitions.filter((inner) => inner.role === 'logical').map((inner) => inner.start + inner.size - start));
}

/** A size near `wanted`, within the limits; its end snaps to the alignment where the limits allow it. */
export function snapSize(start: number, wanted: number, limits: Limits): number {
  const aligned = Math.min(roundTo(start + wanted), roundDown(start + limits.most, ALIGNMENT)) - start;
  return Math.max(aligned, limits.least);
}

/**
 * A start near `wanted` at which `size` bytes are free, aligned where the place allows it.
 * @returns null when no place is large enough
 */
export function snapStart(free: readonly Place[], size: number, wanted: number): number | null {
  let best: number | null = null;
  for (const place of free) {
    if (place.size < size) continue;
    const last = roundDown(place.start + place.size - size, ALIGNMENT);
    const aligned = Math.min(Math.max(roundTo(wanted), roundUp(place.start, ALIGNMENT)), last);
    const start = aligned >= place.start ? aligned : place.start;
    if (best === null || Math.abs(start - wanted) < Math.abs(best - wanted)) best = start;
  }
  return best;
}

/** The aligned range within a free place nearest to a wanted one; null when the place holds no aligned mebibyte. */
export function snapRange(place: Place, from: number, to: number): Place | null {
  const first = roundUp(place.start, ALIGNMENT);
  const last = roundDown(place.start + place.size, ALIGNMENT);
  if (last <= first) return null;
  const clamp = (offset: number): number => Math.min(Math.max(roundTo(offset), first), last);
  const start = Math.min(clamp(Math.min(from, to)), last - ALIGNMENT);
  return { start, size: Math.max(clamp(Math.max(from, to)), start + ALIGNMENT) - start };
}

/** What a new partition takes of a free place: all of it between two aligned places, or as it is where it holds none. */
export function alignedWithin(place: Place): Place {
  const start = roundUp(place.start, ALIGNMENT);
  const size = roundDown(place.start + place.size, ALIGNMENT) - start;
  return size > 0 ? { start, size } : { start: place.start, size: place.size };
}

const roundDown = (value: number, unit: number): number => Math.floor(value / unit) * unit;
const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
const roundTo = (value: number): number => Math.round(value / ALIGNMENT) * ALIGNMENT;
