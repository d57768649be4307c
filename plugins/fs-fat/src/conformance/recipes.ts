import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recipe, SeededRandom } from '@diskwright/sdk/testing';
import { FatImage, run } from '../testing/fatImage';
import { makeTree } from '../testing/makeTree';
import { imageCases, type ImageCase } from './imageCases';

const MIB = 1024 * 1024;
const DEEP = 40;
/** Of 32 bytes each, two for a long name, and `.` and `..`: a directory has room for 65 536. */
const MOST_FILES = 32_000;

export interface FatRecipe extends Recipe {
  badClusters?: number;
  /** Names that mtools cannot read: contents and chains are not compared. */
  byFlsOnly?: boolean;
  /** What `check` rightly finds. */
  findings?: readonly string[];
}

function recipeOf(given: ImageCase): FatRecipe {
  const { name, sectorSize, badClusters } = given;
  return {
    name,
    ...(sectorSize && { sectorSize }),
    // mkfs.fat counts bad clusters as free in FSInfo.
    ...(badClusters && { badClusters, findings: ['fat.fsInfo.freeClusters'] }),
    ...(given.findings && { findings: given.findings }),
    make: (path, seed) => {
      const image = new FatImage(path).format(given.size, given.args, given.badKibibytes);
      makeTree(image, new SeededRandom(seed), Math.min(given.size / 40, 100_000));
      image.fillAndFragment(seed + 1, given.count ?? 16, given.file / 2);
      if (given.leaveFree !== undefined) image.fillUpTo(given.leaveFree);
    },
  };
}

/** What is not filled with a tree of everything. */
const others: readonly FatRecipe[] = [
  { name: 'empty', make: (path) => void new FatImage(path).format(8 * MIB, ['-F', '16', '-s', '1']) },
  { name: 'FAT32, empty', make: (path) => void new FatImage(path).format(40 * MIB, ['-F', '32', '-s', '1']) },
  { name: 'deep folders', make: (path) => deepFolders(new FatImage(path).format(8 * MIB, ['-F', '16', '-s', '1'])) },
  {
    name: 'heavily fragmented',
    make: (path, seed) => fragmented(new FatImage(path).format(4 * MIB, ['-F', '16', '-s', '1', '-a']), seed),
  },
  {
    name: 'names from every plane',
    byFlsOnly: true,
    make: (path) => everyPlane(new FatImage(path).format(40 * MIB, ['-F', '32', '-s', '1'])),
  },
  { name: '500 files in a folder', make: (path) => manyFiles(new FatImage(path).format(16 * MIB, ['-F', '16', '-s', '2']), 500) },
  {
    name: `${MOST_FILES} files in a folder`,
    isLong: true,
    make: (path) => manyFiles(new FatImage(path).format(64 * MIB, ['-F', '32', '-s', '1']), MOST_FILES),
  },
];

/** Widths, sizes of sectors and clusters, places of the FATs, fill, and what is rare. */
export const recipes: readonly FatRecipe[] = [...imageCases.map(recipeOf), ...others];

function deepFolders(image: FatImage): void {
  const paths = Array.from(
    { length: DEEP },
    (_, level) => `::/${Array.from({ length: level + 1 }, (__, each) => `L${each}`).join('/')}`,
  );
  run('mmd', ['-i', image.path, ...paths]);
  const file = join(image.folder, 'bottom');
  writeFileSync(file, 'reached');
  run('mcopy', ['-i', image.path, file, `${paths.at(-1)!}/bottom`]);
}

/** Small files until it is full, every second one deleted, and one file in all the holes. */
function fragmented(image: FatImage, seed: number): void {
  const random = new SeededRandom(seed);
  const names = Array.from({ length: 400 }, (_, index) => `F${index}.BIN`);
  for (const name of names) writeFileSync(join(image.folder, name), random.bytes(1 + random.integer(1500)));
  run('mmd', ['-i', image.path, '::/SMALL']);
  run('mcopy', ['-i', image.path, ...names.map((name) => join(image.folder, name)), '::/SMALL']);
  image.fillUpTo(0);
  run('mdel', ['-i', image.path, ...names.filter((_, index) => index % 2 === 0).map((name) => `::/SMALL/${name}`)]);
  const { clusterCount, clusterBytes, usedClusters } = image.oracle();
  const pieces = join(image.folder, 'PIECES.BIN');
  writeFileSync(pieces, random.bytes((clusterCount - usedClusters.length) * clusterBytes));
  run('mcopy', ['-i', image.path, pieces, '::/']);
}

/** Characters beyond the basic plane, which mtools does not write, in the place of two that it does. */
function everyPlane(image: FatImage): void {
  const planes = Array.from({ length: 16 }, (_, index) => String.fromCodePoint(0x10000 * (index + 1) + 0x345));
  const placeholder = (index: number): string => String.fromCharCode(0xe000 + index, 0xe100 + index);
  image.addFile(...planes.map((_, index) => [`${placeholder(index)} plane`, 'x'] as const));
  for (const [index, character] of planes.entries())
    image.replace(Buffer.from(placeholder(index), 'utf16le'), Buffer.from(character, 'utf16le'));
}

function manyFiles(image: FatImage, count: number): void {
  const names = Array.from({ length: count }, (_, index) => `f${index}`);
  for (const name of names) writeFileSync(join(image.folder, name), '');
  run('mmd', ['-i', image.path, '::/many']);
  const step = 2000;
  for (let from = 0; from < count; from += step)
    run('mcopy', ['-i', image.path, ...names.slice(from, from + step).map((name) => join(image.folder, name)), '::/many']);
}
