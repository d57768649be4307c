import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageFile, runTool, SeededRandom } from '@diskwright/sdk/testing';

/** What the tests need to be installed. */
export const isoTools = ['xorriso', 'genisoimage', 'isoinfo', 'bsdtar'] as const;

/** An ISO 9660 image, made by xorriso or genisoimage of a folder. */
export class IsoImage extends ImageFile {
  /** What is put into the image. */
  readonly tree = join(this.folder, 'tree');

  /** Runs a tool as mkisofs, with the folder of {@link tree} as its last argument. */
  make(tool: 'xorriso' | 'genisoimage', args: readonly string[]): this {
    const asMkisofs = tool === 'xorriso' ? ['-as', 'mkisofs'] : [];
    runTool(tool, [...asMkisofs, '-quiet', '-o', this.path, ...args, this.tree]);
    return this;
  }

  /** Files of many sizes, folders that lie too deep for ISO 9660, links, devices, long names, names of all planes. */
  fill(seed: number, isPlain = false, many = 300): this {
    const { tree } = this;
    const random = new SeededRandom(seed);
    mkdirSync(join(tree, 'SIZES'), { recursive: true });
    for (const size of [0, 1, 2047, 2048, 2049, 70_000, 300_000])
      writeFileSync(join(tree, 'SIZES', `B${size}.BIN`), random.bytes(size));
    mkdirSync(join(tree, 'MANY'));
    for (let index = 0; index < many; index++) writeFileSync(join(tree, 'MANY', `F${index}.TXT`), random.bytes(index));
    if (isPlain) return this;
    let deep = tree;
    for (let level = 0; level < 14; level++) mkdirSync((deep = join(deep, `level ${level}`)));
    writeFileSync(join(deep, 'bottom'), 'reached');
    mkdirSync(join(tree, 'names'));
    for (const name of ['Ünïcødé 文件 🗂', 'with spaces and "quotes"', '...', '-rf', 'n'.repeat(200), 'UPPER and lower'])
      writeFileSync(join(tree, 'names', name), name);
    for (const length of [1, 100, 249, 255, 700])
      symlinkSync(`${'t'.repeat(length % 251)}/../x/./y`, join(tree, `link ${length}`));
    symlinkSync('/absolute/target', join(tree, 'absolute'));
    writeFileSync(join(tree, 'linked'), 'one content');
    linkSync(join(tree, 'linked'), join(tree, 'another name'));
    writeFileSync(join(tree, 'set'), 'id', { mode: 0o6755 });
    utimesSync(join(tree, 'set'), 1e9, 1e9);
    if (process.getuid?.() === 0) {
      execFileSync('mkfifo', [join(tree, 'pipe')]);
      execFileSync('mknod', [join(tree, 'null'), 'c', '1', '3']);
    }
    return this;
  }

  /** A sparse file of more than 4 GiB, which is in several records. */
  addGiant(): this {
    const path = join(this.tree, 'giant');
    writeFileSync(path, 'begins');
    truncateSync(path, 4 * 2 ** 30 + 5000);
    return this;
  }
}
