import type { DragResult, MapPlanner } from '../../widgets/diskMap/mapPlanner';
import type { LaidPartition, MapRegion } from '../../widgets/diskMap/regions';
import type { PlanningBase } from './applyChanges';
import { sizeLimits, snapRange, snapSize, snapStart } from './limits';
import { placeOf, places } from './places';

/** Drags on the map of a planned layout: snapped to the alignment, limited by neighbours and filesystems. */
export class LayoutPlanner implements MapPlanner {
  /** @param partitions as they are planned so far */
  constructor(
    private readonly base: PlanningBase,
    private readonly partitions: readonly LaidPartition[],
  ) {}

  create(region: MapRegion, from: number, to: number): DragResult | null {
    const free = places(this.base, this.partitions, null);
    const place = placeOf(free, from) ?? placeOf(free, region.start + Math.floor(region.size / 2));
    const range = place && snapRange(place, from, to);
    return range ? { kind: 'create', region, ...range, limit: null } : null;
  }

  resize(region: MapRegion, end: number): DragResult | null {
    const { partition } = region;
    if (!partition) return null;
    const limits = sizeLimits(this.base, this.partitions, partition);
    const snapped = snapSize(partition.start, end - partition.start, limits);
    // What reaches further than any aligned end stays as long as it is.
    const isGrown = end > partition.start + partition.size;
    const size = isGrown ? Math.max(snapped, partition.size) : snapped;
    const { filesystem } = partition;
    const atFilesystem = !isGrown && size === limits.least && filesystem !== null;
    const limit = atFilesystem
      ? `its ${filesystem.type} filesystem is as long; shrink that first`
      : end > partition.start + limits.most
        ? 'no more room'
        : null;
    return { kind: 'resize', region, start: partition.start, size, limit };
  }

  move(region: MapRegion, wanted: number): DragResult | null {
    const { partition } = region;
    if (!partition || partition.role === 'extended') return null;
    const start = snapStart(places(this.base, this.partitions, partition), partition.size, wanted);
    return start === null ? null : { kind: 'move', region, start, size: partition.size, limit: null };
  }
}
