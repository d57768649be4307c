import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

/** All numbers of ranges, of which each is told by its first and its last. */
function numbersIn(ranges: Iterable<RegExpMatchArray>): Set<number> {
  const numbers = new Set<number>();
  for (const [, first, last] of ranges) for (let each = Number(first); each <= Number(last ?? first); each++) numbers.add(each);
  return numbers;
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

  /**
   * @param namesByMtools mtools writes the names of all files, so that mshowfat can be asked for each; else fsstat tells the chains
   * @throws Error when the tools disagree with each other
   */
  oracle(badClusters = 0, namesByMtools = true): Oracle {
    // With bad clusters it ends with 1: mkfs.fat counts them as free in FSInfo.
    const report = tryRun('fsck.fat', ['-nv', this.path]).output;
    const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1]);
    const [, used, count] = /(\d+)\/(\d+) clusters$/m.exec(report) ?? [];
    const dataOffset = number(/Data area starts at byte (\d+)/);
    const clusterBytes = number(/(\d+) bytes per cluster/);
    const clusters = namesByMtools ? this.clustersByMtools() : this.clustersByFsstat(dataOffset, clusterBytes);
    const usedClusters = [...clusters].sort((a, b) => a - b);
    if (usedClusters.length !== Number(used) - badClusters) {
      throw new Error(
        `fsck.fat says ${used} clusters are used, ${badClusters} of them bad; in chains there are ${usedClusters.length}`,
      );
    }
    return { dataOffset, clusterBytes, clusterCount: Number(count), usedClusters };
  }

  private clustersByMtools(): Set<number> {
    // An empty volume ends it with an error.
    const listing = tryRun('mdir', ['-i', this.path, '-/', '-b', '-a', '::/']).output;
    const paths = listing.split('\n').filter((line) => line.startsWith('::/'));
    const chains = run('mshowfat', ['-i', this.path, '::/', ...paths.map((path) => path.replace(/\/$/, ''))]);
    return numbersIn(chains.matchAll(/<(\d+)(?:-(\d+))?>/g));
  }

  /** Its chains are in sectors of 512 bytes. */
  private clustersByFsstat(dataOffset: number, clusterBytes: number): Set<number> {
    const sectors = numbersIn(run('fsstat', ['-f', 'fat', '-b', '512', this.path]).matchAll(/^(\d+)-(\d+) \(\d+\) -> /gm));
    return new Set([...sectors].map((sector) => Math.floor((sector * 512 - dataOffset) / clusterBytes) + 2));
  }

  /** Values of `blkid -p -o export`. */
  blkid(): Record<string, string> {
    return blkid(this.path);
  }

  /** Writes files into the root directory. */
  addFile(...files: (readonly [name: string, content: string])[]): this {
    const paths = files.map(([name]) => join(this.folder, name));
    files.forEach(([, content], index) => writeFileSync(paths[index]!, content));
    run('mcopy', ['-i', this.path, ...paths, '::/']);
    return this;
  }

  /** The clusters of a file as mshowfat shows them: `<3-5> <9>`. */
  clustersOf(path: string): string {
    const shown = run('mshowfat', ['-i', this.path, `::/${path}`]);
    return [...shown.matchAll(/<\d+(?:-\d+)?>/g)].map(([run]) => run).join(' ');
  }

  /** Where the bytes lie first. @throws Error when they lie nowhere */
  find(bytes: Buffer): number {
    const place = readFileSync(this.path).indexOf(bytes);
    if (place < 0) throw new Error(`the image does not hold ${bytes.toString('hex')}`);
    return place;
  }

  /** Overwrites the bytes, where they lie first, by others. */
  replace(from: Buffer, to: Buffer): this {
    return this.patch(this.find(from), to);
  }

  /** All files of the volume by path, read by mtools. */
  contents(path = this.path): Map<string, string> {
    const target = mkdtempSync(join(this.folder, 'read-'));
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
