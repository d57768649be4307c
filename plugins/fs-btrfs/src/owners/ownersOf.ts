import { holdsText } from '../chunks/profiles';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import { referencedExtents } from '../extents/referencedExtents';
import type { InodeTable } from '../files/inodeTable';
import { ObjectId } from '../trees/key';
import type { TreeRoot } from '../trees/treeBlock';
import { ExtentOwners } from './extentOwner';
import { regionsOf, type Region } from './regions';
import { orNull } from '../trees/orNull';

/**
 * Whose the bytes are, in ascending order: sector to chunk, chunk to extent, extent to whoever refers to it. Nothing is gone through but what is asked about.
 * What of the tree of extents cannot be read is told as such.
 */
export async function* ownersOf(
  table: InodeTable,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const { volume } = table;
  const trees = await orNull(() => volume.open(signal));
  const extents = trees && (await orNull(() => volume.tree(ObjectId.EXTENT_TREE, 'tree of extents', signal)));
  const regions = regionsOf(volume, trees?.blocks.chunks ?? null);
  const inChunks = new ChunkOwners(table, extents, signal);
  let next = 0;
  for (const { offset, length } of ranges) {
    const end = offset + length;
    while (next > 0 && regions[next]!.offset > offset) next--;
    for (; next < regions.length && regions[next]!.offset < end; next++) {
      const region = regions[next]!;
      if (region.offset + region.length <= offset) continue;
      if (region.kind === 'chunk') {
        const from = Math.max(offset, region.offset);
        yield* inChunks.of(region, { from, until: Math.min(end, region.offset + region.length) });
      } else if (inChunks.done < region.offset + region.length) {
        inChunks.done = region.offset + region.length;
        yield { offset: region.offset, length: region.length, kind: region.kind, name: region.name };
      }
    }
    next = Math.max(0, Math.min(next, regions.length - 1));
  }
}

class ChunkOwners {
  /** Behind what was told last: an extent that reaches into the next range is told once. */
  done = 0;
  private readonly owners: ExtentOwners;

  constructor(
    private readonly table: InodeTable,
    private readonly extents: TreeRoot | null,
    private readonly signal: AbortSignal,
  ) {
    this.owners = new ExtentOwners(table);
  }

  async *of(region: Region, { from, until }: { from: number; until: number }): AsyncGenerator<Owner, void, undefined> {
    const { signal } = this;
    const { chunk, logical } = region.chunk!;
    const shift = region.offset - logical;
    this.done = Math.max(this.done, from);
    if (this.done >= until) return;
    let isWhole = this.extents !== null;
    const free = `free space for ${holdsText(chunk.flags)}`;
    if (this.extents) {
      const { blocks } = await this.table.volume.open(signal);
      const range = { start: this.done - shift, end: until - shift };
      const found = referencedExtents(blocks, this.extents, range, signal, () => (isWhole = false));
      for await (const extent of found) {
        const start = Math.max(extent.logical + shift, region.offset, this.done > from ? this.done : 0);
        const end = Math.min(extent.logical + extent.length + shift, region.offset + region.length);
        if (end <= this.done || start >= end) continue;
        if (start > this.done) yield this.gap(this.done, start, isWhole, free);
        const whose = await this.owners.of(extent, signal);
        const skipped = start - (extent.logical + shift);
        const fileOffset = whose.fileOffset === undefined || skipped === 0 ? {} : { fileOffset: whose.fileOffset + skipped };
        yield { offset: start, length: end - start, ...whose, ...fileOffset };
        this.done = end;
      }
    }
    if (this.done < until) yield this.gap(this.done, until, isWhole, free);
    this.done = Math.max(this.done, until);
  }

  private gap(offset: number, end: number, isWhole: boolean, free: string): Owner {
    const place = { offset, length: end - offset };
    return isWhole
      ? { ...place, kind: 'free', name: free }
      : { ...place, kind: 'structure', name: 'in a chunk whose use cannot be read' };
  }
}
