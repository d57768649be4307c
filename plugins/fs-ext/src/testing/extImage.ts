import { copyFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blkid, KernelImage, runTool, SeededRandom } from '@diskwright/sdk/testing';

/** What the tests need to be installed. */
export const extTools = ['mke2fs', 'dumpe2fs', 'debugfs', 'e2fsck', 'tune2fs', 'resize2fs', 'blkid', 'wipefs'] as const;

/** An image of an ext filesystem, made and changed by e2fsprogs and the kernel. */
export class ExtImage extends KernelImage {
  private filesMade = 0;

  /** Makes a sparse file of `size` bytes and the filesystem in it. */
  format(size: number, args: readonly string[], filesystemSize?: string): this {
    this.blank(size);
    runTool('mke2fs', ['-q', '-F', ...args, this.path, ...(filesystemSize ? [filesystemSize] : [])]);
    return this;
  }

  /** Another sparse file. */
  makeEmpty(path: string, size: number): void {
    writeFileSync(path, '');
    truncateSync(path, size);
  }

  /** A folder with files of random sizes up to `largest`, folders and links, for `mke2fs -d`. */
  static makeFiles(folder: string, seed: number, count: number, largest: number): void {
    const folders = ['', 'folder', 'folder/deeper'];
    const pieces = contentsOf(seed, count * folders.length, largest);
    for (const [place, name] of folders.entries()) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let index = 0; index < count; index++)
        writeFileSync(join(folder, name, `file with a long name ${index}`), pieces[place * count + index]!);
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
    runTool('debugfs', ['-w', '-f', script, this.path]);
  }

  /** A copy under another name, for tests that change it. */
  copy(name: string): string {
    const path = join(this.folder, name);
    copyFileSync(this.path, path);
    return path;
  }

  /** Values of `blkid -p`; empty when it finds nothing. */
  blkid(path = this.path): Record<string, string> {
    return blkid(path);
  }
}

/** Made once for the many images that are filled with the same. */
const made = new Map<string, Buffer[]>();

function contentsOf(seed: number, count: number, largest: number): Buffer[] {
  const key = `${seed} ${count} ${largest}`;
  const random = new SeededRandom(seed);
  const contents = made.get(key) ?? Array.from({ length: count }, () => random.bytes(random.integer(largest)));
  made.set(key, contents);
  return contents;
}
