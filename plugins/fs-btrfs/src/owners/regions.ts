import type { Chunk, ChunkMap } from '../chunks/chunkMap';
import { RESERVED_BYTES, SUPERBLOCK_BYTES } from '../structures/superblock';
import type { BtrfsVolume } from '../volume';

/** A stretch of the volume. */
export interface Region {
  offset: number;
  length: number;
  /** What it is, in words, unless it is a part of a chunk. */
  name: string;
  kind: 'structure' | 'free' | 'chunk';
  /** The chunk whose copy it is a part of, and the logical address where it begins. */
  chunk?: { chunk: Chunk; logical: number };
}

/** The whole volume in stretches, ascending: superblocks, what is reserved, copies of chunks, and what is in no chunk. */
export function regionsOf(volume: BtrfsVolume, chunks: ChunkMap | null): Region[] {
  const { source, copies } = volume;
  const fixed: Region[] = copies.map(({ offset }, index) => ({
    offset,
    length: SUPERBLOCK_BYTES,
    kind: 'structure',
    name: index === 0 ? 'superblock' : `copy ${index} of the superblock`,
  }));
  const reserved: Region = {
    offset: 0,
    length: Math.min(RESERVED_BYTES, source.size),
    kind: 'structure',
    name: 'reserved for boot loaders',
  };
  const inChunks = (chunks?.chunks ?? [])
    .flatMap((chunk) =>
      chunks!.copiesOn(chunk).map((offset): Region => ({
        offset,
        length: chunk.length,
        kind: 'chunk',
        name: '',
        chunk: { chunk, logical: chunk.logical },
      })),
    )
    .sort((a, b) => a.offset - b.offset);
  // What comes first goes before what it is laid over.
  const layered = [...fixed, reserved, ...inChunks];
  const edges = new Set([0, source.size]);
  for (const { offset, length } of layered)
    for (const edge of [offset, offset + length]) if (edge > 0 && edge < source.size) edges.add(edge);
  const bounds = [...edges].sort((a, b) => a - b);
  const regions: Region[] = [];
  let nextChunk = 0;
  for (let index = 0; index + 1 < bounds.length; index++) {
    const [offset, end] = [bounds[index]!, bounds[index + 1]!];
    while (nextChunk < inChunks.length && inChunks[nextChunk]!.offset + inChunks[nextChunk]!.length <= offset) nextChunk++;
    const covers = (region: Region | undefined): boolean =>
      !!region && region.offset <= offset && region.offset + region.length >= end;
    const found = [...fixed, reserved, inChunks[nextChunk]].find(covers);
    regions.push(cutOut(volume, found, offset, end - offset));
  }
  return regions;
}

function cutOut({ size }: BtrfsVolume, region: Region | undefined, offset: number, length: number): Region {
  if (!region) {
    const name = offset >= size ? 'behind the end of the filesystem' : 'in no chunk';
    return { offset, length, kind: 'free', name };
  }
  const { chunk } = region;
  return {
    ...region,
    offset,
    length,
    ...(chunk && { chunk: { chunk: chunk.chunk, logical: chunk.logical + offset - region.offset } }),
  };
}
