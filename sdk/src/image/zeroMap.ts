import { RunList } from './imageRun';
import type { ImageMap } from './mappedImage';

/** Zeros that are stored nowhere. */
export function zeroMap(size: number): ImageMap {
  return {
    size,
    runs: async (_, length) => {
      const list = new RunList();
      list.add({ kind: 'hole', length });
      return list;
    },
  };
}
