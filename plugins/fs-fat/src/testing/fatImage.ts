import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blkid, ImageFile, runTool, SeededRandom, tryTool } from '@diskwright/sdk/testing';

export const TOOLS = ['mkfs.fat', 'fsck.fat', 'mcopy', 'mmd', 'mdel', 'mdir', 'mshowfat', 'blkid', 'wipefs'] as const;

// Without its own checks mtools takes every geometry; without a configuration file it is the same on every machine.
const MTOOLS = { environment: { MTOOLS_SKIP_CHECK: '1', MTOOLSRC: '/dev/null' } };

export const run = (tool: string, args: string[]): string => runTool(tool, args, MTOOLS);
export const tryRun = (tool: string, args: string[]): { status: number | null; output: string } => tryTool(tool, args, MTOOLS);

/** What fsck.fat and mshowfat say of a volume. */
export interface Oracle {
  dataOffset: number;
  clusterBytes: number;
  clusterCount: number;
  /** Clusters that are neither free nor bad, ascending. */
  usedClusters: number[];
}

/** An image made by mkfs.fat and filled by mtools. */
export class FatImage extends ImageFile {
  private filesMade = 0;

  /** `badKibibytes`: numbers of the blocks of 1024 bytes that mkfs.fat is told are unreadable. */
  format(size: number, args: string[], badKibibytes: number[] = []): this {
    this.blank(size);
    const list = join(this.folder, 'bad');
    writeFileSync(list, `${badKibibytes.join('\n')}\n`);
    run('mkfs.fat', ['--invariant', '-n', 'Test Volume', ...args, ...(badKibibytes.length > 0 ? ['-l', list] : []), this.path]);
    return this;
  }

  /** Writes files of random sizes up to `largest`, deletes every third, and writes larger ones into the holes. */
  fillAndFragment(seed: number, count: number, largest: number): this {
    const random = new SeededRandom(seed);
    const made = this.addFiles(random, count, largest);
    run('mmd', ['-i', this.path, '::/Länge', '::/Länge/tief']);
    this.addFiles(random, Math.ceil(count / 4), largest, '::/Länge/tief');
    run('mdel', ['-i', this.path, ...made.filter((_, index) => index % 3 === 0).map((name) => `::/${name}`)]);
    this.addFiles(random, Math.ceil(count / 5), largest * 3);
    return this;
  }

  /** Fills the volume with one file until `freeClusters` are left. */
  fillUpTo(freeClusters: number): this {
    const { clusterCount, clusterBytes, usedClusters } = this.oracle();
    const name = join(this.folder, 'rest');
    writeFileSync(name, Buffer.alloc((clusterCount - usedClusters.length - freeClusters) * clusterBytes, 0x5e));
    run('mcopy', ['-i', this.path, name, '::/REST.BIN']);
    return this;
  }

  /** @throws Error when the tools disagree with each other */
  oracle(badClusters = 0): Oracle {
    // With bad clusters it ends with 1: mkfs.fat counts them as free in FSInfo.
    const report = tryRun('fsck.fat', ['-nv', this.path]).output;
    const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1]);
    const [, used, count] = /(\d+)\/(\d+) clusters$/m.exec(report) ?? [];
    // An empty volume ends it with an error.
    const listing = tryRun('mdir', ['-i', this.path, '-/', '-b', '-a', '::/']).output;
    const paths = listing.split('\n').filter((line) => line.startsWith('::/'));
    const chains = run('mshowfat', ['-i', this.path, '::/', ...paths.map((path) => path.replace(/\/$/, ''))]);
    const clusters = new Set<number>();
    for (const [, first, last] of chains.matchAll(/<(\d+)(?:-(\d+))?>/g)) {
      for (let cluster = Number(first); cluster <= Number(last ?? first); cluster++) clusters.add(cluster);
    }
    const usedClusters = [...clusters].sort((a, b) => a - b);
    if (usedClusters.length !== Number(used) - badClusters) {
      throw new Error(
        `fsck.fat says ${used} clusters are used, ${badClusters} of them bad; mshowfat finds ${usedClusters.length}`,
      );
    }
    return {
      dataOffset: number(/Data area starts at byte (\d+)/),
      clusterBytes: number(/(\d+) bytes per cluster/),
      clusterCount: Number(count),
      usedClusters,
    };
  }

  /** Values of `blkid -p -o export`. */
  blkid(): Record<string, string> {
    return blkid(this.path);
  }

  /** All files of the volume by path, read by mtools. */
  contents(path = this.path): Map<string, string> {
    const target = join(this.folder, `read-${this.filesMade++}`);
    mkdirSync(target);
    run('mcopy', ['-i', path, '-s', '-n', '::/', target]);
    return new Map(
      run('find', [target, '-type', 'f', '-printf', '%P\n'])
        .split('\n')
        .filter((name) => name !== '')
        .sort()
        .map((name) => [name, readFileSync(join(target, name)).toString('base64')]),
    );
  }

  private addFiles(random: SeededRandom, count: number, largest: number, target = '::/'): string[] {
    const names = Array.from({ length: count }, () => `A long name ${this.filesMade++}.bin`);
    for (const name of names) writeFileSync(join(this.folder, name), random.bytes(1 + random.integer(largest)));
    run('mcopy', ['-i', this.path, ...names.map((name) => join(this.folder, name)), target]);
    return names;
  }
}
