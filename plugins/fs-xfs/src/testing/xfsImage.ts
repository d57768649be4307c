import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KernelImage, runPython, runTool, SeededRandom } from '@diskwright/sdk/testing';

/** What the tests need to be installed. */
export const xfsTools = ['mkfs.xfs', 'xfs_db', 'xfs_repair', 'blkid'] as const;

const SMALL_BYTES = 34 * 1024 * 1024;

/** A directory with hashes of its own, files in many pieces, long links, attributes in blocks. */
function fillSmall(folder: string): void {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < 140; index++) writeFileSync(join(folder, 'many', `an entry with a long name ${index}`), '');
  const files = [0, 1].map((index) => openSync(join(folder, `pieces ${index}`), 'w'));
  for (let round = 0; round < 100; round++) for (const file of files) writeSync(file, Buffer.alloc(10), 0, 10, round * 5000);
  files.forEach(closeSync);
  XfsImage.makeLinks(folder);
  const set = "import os, sys; [os.setxattr(sys.argv[1], 'user.%d' % n, bytes(n * 60)) for n in range(30)]";
  runPython(set, join(folder, 'pieces 0'));
}

/** An image of an XFS filesystem, made and changed by xfsprogs and the kernel. */
export class XfsImage extends KernelImage {
  /** Makes a sparse file of `size` bytes and the filesystem in it. */
  format(size: number, args: readonly string[]): this {
    this.blank(size);
    runTool('mkfs.xfs', ['-q', '-f', ...args, this.path]);
    return this;
  }

  /** A file for `mkfs.xfs -p`: folders, files of random sizes up to `largest`, links; for what the kernel does not mount. */
  prototype(seed: number, count: number, largest: number): string {
    const random = new SeededRandom(seed);
    const lines = ['/', '0 0', 'd--755 0 0'];
    mkdirSync(join(this.folder, 'prototype'), { recursive: true });
    for (const name of ['one', 'two with a longer name', 'three']) {
      lines.push(`${name.replaceAll(' ', '-')} d--750 3 4`);
      for (let index = 0; index < count; index++) {
        const file = join(this.folder, 'prototype', `${name.slice(0, 3)}${index}`);
        writeFileSync(file, random.bytes(random.integer(largest)));
        lines.push(`file-number-${index} ---644 1 2 ${file}`);
      }
      lines.push('link l--777 0 0 some/target', 'pipe p--600 0 0', 'device c--600 0 0 1 3', '$');
    }
    lines.push('$');
    const path = join(this.folder, 'prototype.txt');
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }

  /** What xfs_db prints for its commands. */
  db(...commands: string[]): string {
    return runTool('xfs_db', ['-r', ...commands.flatMap((command) => ['-c', command]), this.path]);
  }

  /**
   * A whole image of 34 MiB with files, a directory of several blocks, and what else may go wrong. Version 5 is filled by the kernel where that is allowed.
   * mkfs.xfs makes one as small only when it is asked to do what is not supported.
   */
  static small(version: 4 | 5 = 5): Buffer {
    const image = new XfsImage();
    try {
      const args = ['--unsupported', '-m', `crc=${version - 4}`, '-i', 'size=512', '-b', 'size=1024', '-d', 'agcount=2'];
      image.format(SMALL_BYTES, [...args, '-p', image.prototype(1, 40, 20_000)]);
      if (version === 5 && process.getuid?.() === 0) image.mounted(fillSmall);
      return readFileSync(image.path);
    } finally {
      image.remove();
    }
  }

  /** Symbolic links of many lengths. */
  static makeLinks(folder: string): void {
    for (const length of [1, 300, 336, 337, 500, 968, 969, 1023])
      symlinkSync('t'.repeat(length), join(folder, `long link ${length}`));
  }
}
