import { type ImageMap, RunList } from '@diskwright/sdk/image';

/** A bound on what one call tells of; the rest is asked for again. */
const MAX_RUNS = 1024;

/** A part of another map, from `offset` on. */
export interface Area {
  map: ImageMap;
  offset: number;
}

/** One area as it is, or several of which each has `stripeBytes` in turn. The areas are long enough for `size` bytes. */
export class StripedMap implements ImageMap {
  constructor(
    private readonly areas: readonly Area[],
    private readonly stripeBytes: number,
    readonly size: number,
  ) {}

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { areas, stripeBytes } = this;
    if (areas.length === 1) return areas[0]!.map.runs(areas[0]!.offset + offset, length, signal);
    const list = new RunList();
    while (list.covered < length && list.runs.length < MAX_RUNS) {
      const at = offset + list.covered;
      const stripe = Math.floor(at / stripeBytes);
      const inStripe = at % stripeBytes;
      const area = areas[stripe % areas.length]!;
      const inArea = Math.floor(stripe / areas.length) * stripeBytes + inStripe;
      const count = Math.min(stripeBytes - inStripe, length - list.covered);
      const { runs, covered } = await area.map.runs(area.offset + inArea, count, signal);
      for (const run of runs) list.add(run);
      if (covered < count) break;
    }
    return list;
  }
}
