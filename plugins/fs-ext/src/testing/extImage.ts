import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExtentList } from '@diskwright/sdk/extents';
import { SeededRandom } from '@diskwright/sdk/testing';
import { runTool, tryTool } from './runTool';

/** What the tests need to be installed. */
export const extTools = ['mke2fs', 'dumpe2fs', 'debugfs', 'e2fsck', 'tune2fs', 'resize2fs', 'blkid', 'wipefs'] as const;

const copyBytes = 4 * 1024 * 1024;

/** An image of an ext filesystem in a folder of its own, made and changed by e2fsprogs and the kernel. {@link remove} ends it. */
export class ExtImage {
  readonly folder = mkdtempSync(join(tmpdir(), 'fs-ext-'));
  readonly path = join(this.folder, 'ext.img');
  private filesMade = 0;

  /** Makes a sparse file of `size` bytes and the filesystem in it. */
  format(size: number, args: readonly string[], filesystemSize?: string): this {
    this.makeEmpty(this.path, size);
    runTool('mke2fs', '-q', '-F', ...args, this.path, ...(filesystemSize ? [filesystemSize] : []));
    return this;
  }

  makeEmpty(path: string, size: number): void {
    writeFileSync(path, '');
    truncateSync(path, size);
  }

  /** A folder with files of random sizes up to `largest`, folders and links, for `mke2fs -d`. */
  static makeFiles(folder: string, seed: number, count: number, largest: number): void {
    const random = new SeededRandom(seed);
    for (const name of ['', 'folder', 'folder/deeper']) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let index = 0; index < count; index++)
        writeFileSync(join(folder, name, `file with a long name ${index}`), random.bytes(random.integer(largest)));
      symlinkSync('a target', join(folder, name, 'link'));
    }
  }

  /** Writes files through debugfs, deletes every second one, and writes larger ones into the holes. */
  fragment(seed: number, count: number, largest: number): this {
    const random = new SeededRandom(seed);
    const write = (bytes: number): string => {
      const name = `fragment${this.filesMade++}`;
      writeFileSync(join(this.folder, name), random.bytes(1 + random.integer(bytes)));
      return `write ${join(this.folder, name)} ${name}`;
    };
    const first = Array.from({ length: count }, () => write(largest));
    const deleted = first.filter((_, index) => index % 2 === 0).map((command) => `rm ${command.split(' ')[2]}`);
    this.debugfs([...first, ...deleted, ...Array.from({ length: Math.ceil(count / 6) }, () => write(largest * 3))]);
    return this;
  }

  /** Runs debugfs commands that write. */
  debugfs(commands: readonly string[]): void {
    const script = join(this.folder, 'commands');
    writeFileSync(script, `${commands.join('\n')}\n`);
    runTool('debugfs', '-w', '-f', script, this.path);
  }

  /** Mounts the image through the kernel, does `work` in its root folder, and unmounts it. Needs root. */
  mounted(work: (folder: string) => void, options = 'loop'): this {
    const folder = join(this.folder, 'mounted');
    mkdirSync(folder, { recursive: true });
    runTool('mount', '-o', options, this.path, folder);
    try {
      work(folder);
    } finally {
      runTool('umount', folder);
    }
    return this;
  }

  /** Overwrites bytes of the image. */
  write(offset: number, bytes: Buffer): void {
    const file = openSync(this.path, 'r+');
    try {
      writeSync(file, bytes, 0, bytes.length, offset);
    } finally {
      closeSync(file);
    }
  }

  read(offset: number, length: number): Buffer {
    const file = openSync(this.path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      readSync(file, bytes, 0, length, offset);
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  /** Flips one bit of the image. */
  flipBit(offset: number, bit = 0): void {
    const byte = this.read(offset, 1);
    byte[0]! ^= 1 << bit;
    this.write(offset, byte);
  }

  /** A copy under another name, for tests that change it. */
  copy(name: string): string {
    const path = join(this.folder, name);
    copyFileSync(this.path, path);
    return path;
  }

  /** Copies the extents onto a file full of 0xa5, as a clone onto a used disk would. */
  cloneTo(name: string, extents: ExtentList, size: number): string {
    const path = join(this.folder, name);
    writeFileSync(path, '');
    const [source, target] = [openSync(this.path, 'r'), openSync(path, 'r+')];
    try {
      ftruncateSync(target, size);
      const piece = Buffer.alloc(copyBytes, 0xa5);
      for (let offset = 0; offset < size; offset += copyBytes)
        writeSync(target, piece, 0, Math.min(copyBytes, size - offset), offset);
      for (const { offset, length } of extents) {
        for (let done = 0; done < length; done += copyBytes) {
          const bytes = readSync(source, piece, 0, Math.min(copyBytes, length - done), offset + done);
          writeSync(target, piece, 0, bytes, offset + done);
        }
      }
    } finally {
      closeSync(source);
      closeSync(target);
    }
    return path;
  }

  /** Values of `blkid -p`; empty when it finds nothing. */
  blkid(path = this.path): Record<string, string> {
    const { output } = tryTool('blkid', '-p', '-o', 'export', path);
    return Object.fromEntries(
      [...output.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((found) => [found[1]!, found[2]!.replace(/\\(.)/g, '$1')]),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
