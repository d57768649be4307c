import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';

/** Bytes that are read, hashed and written at once. */
export const CHUNK_BYTES = 1024 * 1024;
/** After so many bytes the target is flushed and a checkpoint is written. */
export const PART_BYTES = 1024 * 1024 * 1024;

/** A chunk of some extents; `offset` is relative as the extents are. */
export interface Chunk {
  index: number;
  offset: number;
  length: number;
}

/**
 * Cuts extents into lists of at most `partBytes`, a multiple of the chunk size; cuts fall on chunks, so that the chunks stay the
 * same.
 */
export function* partsOf(extents: ExtentList, partBytes = PART_BYTES): Generator<ExtentList> {
  if (extents.covered <= partBytes) {
    if (extents.count > 0) yield extents;
    return;
  }
  let builder = new ExtentListBuilder();
  let room = partBytes;
  for (const extent of extents) {
    let { offset, length } = extent;
    while (length > room) {
      const fits = room - (room % CHUNK_BYTES);
      builder.add(offset, fits);
      offset += fits;
      length -= fits;
      yield builder.build();
      builder = new ExtentListBuilder();
      room = partBytes;
    }
    builder.add(offset, length);
    room -= length;
  }
  const rest = builder.build();
  if (rest.count > 0) yield rest;
}

/** The chunks of some extents, each extent cut from its start. */
export function* chunksOf(extents: ExtentList, chunkBytes: number): Generator<Chunk> {
  let index = 0;
  for (const { offset, length } of extents) {
    for (let done = 0; done < length; done += chunkBytes) {
      yield { index: index++, offset: offset + done, length: Math.min(chunkBytes, length - done) };
    }
  }
}

export function countChunks(extents: ExtentList, chunkBytes: number): number {
  let count = 0;
  for (let index = 0; index < extents.count; index++) count += Math.ceil(extents.lengthAt(index) / chunkBytes);
  return count;
}
