import { RunList } from './imageRun';
import type { ImageMap } from './mappedImage';

/** A part of a disk, as long as its map. */
interface Part {
  start: number;
  map: ImageMap;
}

/** The parts of a disk, one behind the other. */
export class JoinedMap implements ImageMap {
  private readonly parts: readonly Part[];
  readonly size: number;

  constructor(maps: readonly ImageMap[]) {
    let start = 0;
    this.parts = maps.map((map) => {
      const part = { start, map };
      start += map.size;
      return part;
    });
    this.size = start;
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const list = new RunList();
    const end = offset + length;
    for (let at = offset, index = this.indexAt(offset); at < end; index++) {
      const { start, map } = this.parts[index]!;
      const count = Math.min(end, start + map.size) - at;
      if (count === 0) continue;
      const { runs, covered } = await map.runs(at - start, count, signal);
      for (const run of runs) list.add(run);
      at += covered;
      // The part has more of it than one answer tells.
      if (covered < count) break;
    }
    return list;
  }

  private indexAt(offset: number): number {
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.parts[middle]!.start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
