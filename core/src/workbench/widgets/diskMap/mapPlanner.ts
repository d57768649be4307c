import type { MapRegion } from './regions';

/** What a drag on the map would lead to: bytes, snapped and within limits. */
export interface DragResult {
  kind: 'create' | 'resize' | 'move';
  region: MapRegion;
  start: number;
  size: number;
  /** What limits it, when it is at a limit. */
  limit: string | null;
}

/** Judges drags on a map while partitions are planned; null where nothing can be done. */
export interface MapPlanner {
  /** A new partition in a free region, drawn from one byte to another. */
  create(region: MapRegion, from: number, to: number): DragResult | null;
  /** A partition whose end is dragged. */
  resize(region: MapRegion, end: number): DragResult | null;
  /** A partition whose start is dragged, its size with it. */
  move(region: MapRegion, start: number): DragResult | null;
}
