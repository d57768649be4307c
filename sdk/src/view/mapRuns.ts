import type { ViewResult } from '../protocol/types';

type MapView = Extract<ViewResult, { view: 'map' }>;

/** The most units that a map can have and still list each as a run of its own; whoever has more lets a unit stand for several. */
export const MAX_MAP_UNITS = 16384;

/** Joins units of the same category, given in order, to the runs of a map. */
export class MapRuns {
  readonly runs: MapView['runs'] = [];

  add(category: string, count = 1): this {
    const last = this.runs.at(-1);
    if (count === 0) return this;
    if (last?.category === category) last.count += count;
    else this.runs.push({ category, count });
    return this;
  }
}
