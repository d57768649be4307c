import type { BlockSource } from '../block/index';
import { DamagedStructureError } from '../errors';
import { RunList } from './imageRun';
import { JoinedMap } from './joinedMap';
import type { ImageMap } from './mappedImage';
import { rawMap } from './rawImage';

/**
 * Bytes of a device, or of a file that is one, from `offset` on. What lies behind its end is told of as missing by its name, when it is read.
 * @param what the device in words, for that error: `physical volume 5KpG2X-…`, `disk-flat.vmdk`
 */
export function deviceMap(source: BlockSource, offset: number, size: number, what: string): ImageMap {
  const there = Math.max(0, Math.min(size, source.size - offset));
  if (there === size) return rawMap(source, offset, size);
  return new JoinedMap([rawMap(source, offset, there), missingMap(offset + there, size - there, source.size, what)]);
}

function missingMap(offset: number, size: number, end: number, what: string): ImageMap {
  const read = async (): Promise<never> => {
    throw new DamagedStructureError(what, `${what} ends at byte ${end}, before the data that it should have at byte ${offset}`, {
      todo: 'It may have been copied only in part: compare its size with the original.',
    });
  };
  return {
    size,
    runs: async (_, length) => {
      const list = new RunList();
      list.add({ kind: 'made', length, read });
      return list;
    },
  };
}
