/** What `diskwright plugin test` holds romfs against: images by genromfs, of a folder that says what must be in them. */
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import {
  blkid,
  defineConformance,
  folderListing,
  type Recipe,
  runTool,
  SeededRandom,
  writeEveryPlane,
} from '@diskwright/sdk/testing';

/** Beside the image, for the oracle. */
const treeOf = (path: string): string => join(dirname(path), 'tree');

function recipe(name: string, fill: (folder: string, random: SeededRandom) => void, rest: Partial<Recipe> = {}): Recipe {
  return {
    ...rest,
    name,
    make: (path, seed) => {
      mkdirSync(treeOf(path));
      fill(treeOf(path), new SeededRandom(seed));
      runTool('genromfs', ['-d', treeOf(path), '-f', path, '-V', 'a label']);
    },
  };
}

function sizes(folder: string, random: SeededRandom): void {
  for (const size of [0, 1, 15, 16, 17, 1023, 1024, 1025, 300_000])
    writeFileSync(join(folder, `bytes ${size}`), random.bytes(size));
}

function links(folder: string): void {
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'notes'), 'n'.repeat(1000));
  linkSync(join(folder, 'notes'), join(folder, 'etc', 'same'));
  for (const length of [1, 15, 16, 500]) symlinkSync('t'.repeat(length), join(folder, 'etc', `link ${length}`));
}

function deep(folder: string): void {
  let inner = folder;
  for (let level = 0; level < 60; level++) mkdirSync((inner = join(inner, `level ${level}`)));
  writeFileSync(join(inner, 'bottom'), 'reached');
}

function many(folder: string, count: number): void {
  for (let index = 0; index < count; index++) writeFileSync(join(folder, `file ${index}`), String(index));
}

export default defineConformance({
  filesystem: 'romfs',
  tools: ['genromfs', 'blkid'],
  recipes: [
    recipe('empty', () => undefined),
    recipe('files of many sizes', sizes),
    recipe('links of both kinds', links),
    recipe('deep folders', deep),
    recipe('names from every plane', writeEveryPlane),
    recipe('2000 files in a folder', (folder) => many(folder, 2000)),
    recipe('100 000 files in a folder', (folder) => many(folder, 100_000), { isLong: true }),
    recipe('pipes', (folder) => void runTool('mkfifo', [join(folder, 'pipe')])),
  ],
  oracle: (path) => ({
    // It keeps neither times nor owners.
    files: folderListing(treeOf(path), { only: ['type', 'size', 'target', 'content'] }),
    // Made in one piece, of which nothing is free; genromfs says how long it is, and pads the file.
    allocated: ExtentList.fromRanges([{ offset: 0, length: readFileSync(path).readUInt32BE(8) }]),
    mostMore: 0,
    type: blkid(path)['TYPE']!,
    label: blkid(path)['LABEL']!,
  }),
});
