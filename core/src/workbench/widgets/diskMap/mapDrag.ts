import type { DragResult, MapPlanner } from './mapPlanner';
import type { MapRegion } from './regions';
import type { MapScale } from './scale';

/** Pixels that the pointer must move before it is a drag and no click. */
const SLACK = 4;

/**
 * A drag on a map from its begin to its end. The scale stays the one of the begin, so that nothing moves under the pointer.
 * Pixels count from the map's left edge.
 */
export class MapDrag {
  result: DragResult | null = null;
  private moved = false;

  constructor(
    private readonly planner: MapPlanner,
    readonly scale: MapScale,
    private readonly region: MapRegion,
    private readonly kind: DragResult['kind'],
    private readonly from: number,
  ) {}

  /** @returns whether what is shown of it changed */
  to(x: number): boolean {
    if (!this.moved && Math.abs(x - this.from) < SLACK) return false;
    this.moved = true;
    this.result = this.judged(Math.min(Math.max(x, 0), this.scale.width));
    return true;
  }

  private judged(x: number): DragResult | null {
    const { region, scale } = this;
    switch (this.kind) {
      case 'create':
        return this.planner.create(region, scale.offsetAt(this.from), scale.offsetAt(x));
      case 'resize': {
        const grip = scale.xOf(region.start + region.size) - this.from;
        return this.planner.resize(region, scale.offsetAt(x + grip));
      }
      case 'move': {
        const grip = scale.xOf(region.start) - this.from;
        return this.planner.move(region, scale.offsetAt(x + grip));
      }
    }
  }
}
