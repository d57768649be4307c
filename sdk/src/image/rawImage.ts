import type { BlockSource } from '../block/index';
import type { ServedNode } from '../nbd/index';
import { RunList } from './imageRun';
import { type ImageMap, MappedImage } from './mappedImage';

/** A file whose bytes are the disk's, from `offset` on. */
export function rawMap(source: BlockSource, offset: number, size: number): ImageMap {
  return {
    size,
    runs: async (at, length) => {
      const list = new RunList();
      list.add({ kind: 'stored', length, source, offset: offset + at });
      return list;
    },
  };
}

/** Such a file as a disk of its own, as the parent of an image may be. */
export function rawImage(source: BlockSource, offset = 0, size = source.size - offset): ServedNode {
  return new MappedImage(rawMap(source, offset, size));
}
