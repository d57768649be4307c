import type { MapRegion } from './regions';
import { MapScale, type MapWindow } from './scale';

/** Pixels that a region is readable with, or can at least be pointed at. */
const FLOORS: Record<MapRegion['kind'], number> = { partition: 40, volume: 40, whole: 40, free: 8, table: 6 };

/** The scale of a map with these regions. */
export function mapScaleOf(regions: readonly MapRegion[], window: MapWindow, width: number): MapScale {
  const items = regions.map(({ start, size, kind }) => ({ start, size, floor: FLOORS[kind] }));
  return MapScale.of(items, window, Math.max(0, width));
}
