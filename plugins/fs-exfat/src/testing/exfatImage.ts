import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { blkid, ImageFile, runTool, SeededRandom, tryTool, unmount } from '@diskwright/sdk/testing';
import { bootChecksum, checksumSector } from '../bootRegion';

export const TOOLS = ['mkfs.exfat', 'fsck.exfat', 'dump.exfat', 'blkid', 'wipefs'] as const;

/** Of every image. */
export const LABEL = 'Tëst 漢字';

/** An image made by mkfs.exfat and filled through the FUSE driver. */
export class ExfatImage extends ImageFile {
  private filesMade = 0;

  /** @param sectorSize mkfs.exfat takes it from the device; other than 512 bytes needs root */
  format(size: number, args: readonly string[], sectorSize = 512): this {
    this.blank(size);
    const device = sectorSize === 512 ? null : runTool('losetup', ['-f', '--show', '-b', String(sectorSize), this.path]).trim();
    try {
      runTool('mkfs.exfat', ['-L', LABEL, ...args, device ?? this.path]);
    } finally {
      if (device !== null) runTool('losetup', ['-d', device]);
    }
    return this;
  }

  /** Mounts the image, does `work` in its root folder, and unmounts it. Needs root. */
  mounted(work: (folder: string) => void): this {
    const folder = join(this.folder, 'mounted');
    mkdirSync(folder, { recursive: true });
    runTool('mount', ['-t', 'exfat-fuse', '-o', 'loop', this.path, folder]);
    try {
      work(folder);
    } finally {
      unmount(folder);
    }
    return this;
  }

  /** Writes files of random sizes up to `largest`, deletes every other one, and writes larger ones into the holes. */
  fragment(seed: number, count: number, largest: number): this {
    const random = new SeededRandom(seed);
    return this.mounted((folder) => {
      const write = (bytes: number): string => {
        const path = join(folder, `fragment ${this.filesMade++}`);
        writeFileSync(path, random.bytes(1 + random.integer(bytes)));
        return path;
      };
      const paths = Array.from({ length: count }, () => write(largest));
      paths.filter((_, index) => index % 2 === 0).forEach((path) => rmSync(path));
      for (let index = 0; index < count / 6; index++) write(largest * 3);
    });
  }

  /** Where the bytes lie first, from `start` on. @throws Error when they lie nowhere */
  find(bytes: Buffer, start: number): number {
    const place = readFileSync(this.path).indexOf(bytes, start);
    if (place < 0) throw new Error(`the image does not hold ${bytes.toString('hex')}`);
    return place;
  }

  /** As Windows records it; mkfs.exfat leaves it at 0. */
  setPartitionOffset(sectors: bigint): this {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(sectors);
    for (const start of [0, 12 * 512]) {
      this.patch(start + 64, value);
      const checksum = bootChecksum(this.peek(start, 12 * 512), 512);
      this.patch(start + 11 * 512, checksumSector(checksum, 512));
    }
    return this;
  }

  /** Values of `blkid -p`; empty when it finds nothing. */
  blkid(): Record<string, string> {
    return blkid(this.path);
  }

  /** Runs fsck.exfat, which changes nothing. */
  fsck(path = this.path): { status: number | null; output: string } {
    return tryTool('fsck.exfat', ['-n', path]);
  }

  /** How many clusters dump.exfat counts as free. */
  freeClusters(): number {
    return this.dump().freeClusters;
  }

  clusterBytes(): number {
    return this.dump().clusterBytes;
  }

  /** All before the clusters, and those that the bitmap, where dump.exfat finds it, calls used. */
  usedExtents(): ExtentList {
    const { heapOffset, clusterBytes, clusters, freeClusters, bitmapCluster, bitmapBytes } = this.dump();
    const bitmap = this.peek(heapOffset + (bitmapCluster - 2) * clusterBytes, bitmapBytes);
    const ranges: ByteRange[] = [{ offset: 0, length: heapOffset }];
    for (let cluster = 0; cluster < clusters; cluster++) {
      const isUsed = ((bitmap[cluster >>> 3]! >>> (cluster & 7)) & 1) === 1;
      if (isUsed) ranges.push({ offset: heapOffset + cluster * clusterBytes, length: clusterBytes });
    }
    if (ranges.length - 1 !== clusters - freeClusters)
      throw new Error(`the bitmap calls ${ranges.length - 1} of ${clusters} clusters used, dump.exfat ${freeClusters} free`);
    return ExtentList.fromRanges(ranges);
  }

  dump(): Record<keyof typeof DUMPED | 'heapOffset', number> {
    const text = runTool('dump.exfat', [this.path]);
    const value = (name: string): number => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(text)?.[1] ?? NaN);
    const values = Object.fromEntries(Object.entries(DUMPED).map(([key, name]) => [key, value(name)]));
    const sectorBytes = 2 ** value('Sector Size Bits');
    return { ...values, heapOffset: value('Cluster Heap Offset \\(sector offset\\)') * sectorBytes } as ReturnType<
      ExfatImage['dump']
    >;
  }
}

/** As dump.exfat names them. */
const DUMPED = {
  clusterBytes: 'Cluster size',
  clusters: 'Total Clusters',
  freeClusters: 'Free Clusters',
  bitmapCluster: 'Bitmap start cluster',
  bitmapBytes: 'Bitmap size',
};
