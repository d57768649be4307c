import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { ExtentList } from '@diskwright/sdk/extents';
import { KernelImage, runPython, runTool, SeededRandom } from '@diskwright/sdk/testing';

/** What the tests need to be installed. */
export const btrfsTools = ['mkfs.btrfs', 'btrfs', 'blkid'] as const;

/** The least that mkfs.btrfs makes with metadata twice, and somewhat more. */
const SMALL_BYTES = 128 * 1024 * 1024;

/** A chunk as `btrfs inspect-internal dump-tree` shows it. */
export interface DumpedChunk {
  logical: number;
  length: number;
  stripes: number[];
}

/** The extents as `btrfs inspect-internal dump-tree` shows them. */
export interface DumpedExtents {
  chunks: readonly DumpedChunk[];
  /** On the disk, by logical address. */
  lengths: ReadonlyMap<number, number>;
  /** All copies of them. */
  used: ExtentList;
}

/** An image of a btrfs filesystem, made and changed by btrfs-progs and the kernel. */
export class BtrfsImage extends KernelImage {
  /** Makes a sparse file of `size` bytes and the filesystem in it. */
  format(size: number, args: readonly string[]): this {
    this.blank(size);
    runTool('mkfs.btrfs', ['-q', '-f', ...args, this.path]);
    return this;
  }

  /** What `btrfs inspect-internal dump-tree` prints of a tree. */
  dump(tree: string): string {
    return runTool('btrfs', ['inspect-internal', 'dump-tree', '-t', tree, this.path]);
  }

  /** The chunks by the dump. */
  chunks(): DumpedChunk[] {
    const chunks: DumpedChunk[] = [];
    for (const line of this.dump('chunk').split('\n')) {
      const item = / CHUNK_ITEM (\d+)\)/.exec(line);
      if (item) chunks.push({ logical: Number(item[1]), length: 0, stripes: [] });
      const length = /^\s*length (\d+) owner/.exec(line);
      if (length) chunks.at(-1)!.length = Number(length[1]);
      const stripe = /stripe \d+ devid \d+ offset (\d+)/.exec(line);
      if (stripe) chunks.at(-1)!.stripes.push(Number(stripe[1]));
    }
    return chunks;
  }

  /** All extents by the dump. */
  extentsByDump(): DumpedExtents {
    const chunks = this.chunks();
    const nodeSize = Number(/nodesize\s+(\d+)/.exec(runTool('btrfs', ['inspect-internal', 'dump-super', this.path]))![1]);
    const ranges: ByteRange[] = [];
    const lengths = new Map<number, number>();
    for (const [, logical, type, size] of this.dump('extent').matchAll(/key \((\d+) (EXTENT_ITEM|METADATA_ITEM) (\d+)\)/g)) {
      const length = type === 'METADATA_ITEM' ? nodeSize : Number(size);
      lengths.set(Number(logical), length);
      ranges.push(...placesOf(chunks, Number(logical), length));
    }
    return { chunks, lengths, used: ExtentList.fromRanges(ranges) };
  }

  /** A whole small image with what may go wrong: several leaves, snapshots, links, attributes, each compression. */
  static small(args: readonly string[] = []): Buffer {
    const image = new BtrfsImage();
    try {
      image.format(SMALL_BYTES, ['--mixed', '-n', '4096', ...args]);
      if (process.getuid?.() === 0) image.mounted(fillSmall);
      return readFileSync(image.path);
    } finally {
      image.remove();
    }
  }
}

/** Where all copies of a range of logical addresses lie. */
export function placesOf(chunks: readonly DumpedChunk[], logical: number, length: number): ByteRange[] {
  const chunk = chunks.find((each) => logical >= each.logical && logical < each.logical + each.length)!;
  return chunk.stripes.map((offset) => ({ offset: offset + logical - chunk.logical, length }));
}

function fillSmall(folder: string): void {
  const random = new SeededRandom(1);
  runTool('btrfs', ['subvolume', 'create', join(folder, 'subvolume')]);
  for (let index = 0; index < 60; index++)
    writeFileSync(join(folder, 'subvolume', `an entry with a long name ${index}`), random.bytes(random.integer(9000)));
  for (const kind of ['zlib', 'lzo', 'zstd']) {
    const path = join(folder, 'subvolume', kind);
    writeFileSync(path, '');
    runTool('btrfs', ['property', 'set', path, 'compression', kind]);
    writeFileSync(path, 'compressible '.repeat(9000));
  }
  const set = "import os, sys; [os.setxattr(sys.argv[1], 'user.%d' % n, bytes(n * 20)) for n in range(20)]";
  runPython(set, join(folder, 'subvolume', 'zlib'));
  runTool('ln', ['-s', 'some/target', join(folder, 'link')]);
  runTool('btrfs', ['subvolume', 'snapshot', join(folder, 'subvolume'), join(folder, 'snapshot')]);
}
