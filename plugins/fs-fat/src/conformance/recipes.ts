import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recipe, runTool, SeededRandom } from '@diskwright/sdk/testing';
import { FatImage, run } from '../testing/fatImage';
import { makeTree } from '../testing/makeTree';
import { imageCases, type ImageCase } from './imageCases';

const MIB = 1024 * 1024;
const DEEP = 40;
/** A directory has room for 65 536 entries: `.`, `..`, and two for each file with a long name of up to 13 characters. */
const MOST_FILES = 32_767;
/** Only the partition, a FAT16, of the disk that QEMU makes of a folder. */
const VVFAT_VOLUME = 'driver=raw,offset=32256,size=528450048,file.driver=vvfat,file.fat-type=16,file.label=TESTVOLUME';

export interface FatRecipe extends Recipe {
  badClusters?: number;
  /** Names that mtools cannot read, or files that it would not read in time: contents are by icat, chains are not compared. */
  byFlsOnly?: boolean;
  /** A folder of so many that mshowfat, which looks through it for each name, cannot be asked for all: fsstat tells the allocation. */
  isCrowded?: boolean;
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
  {
    name: 'a file of 4 GiB less a byte, as large as any',
    tools: ['icat', 'istat', 'fsstat'],
    byFlsOnly: true,
    isLong: true,
    isNotCopied: true,
    make: (path) => giant(new FatImage(path).format(4352 * MIB, ['-F', '32', '-s', '128'])),
  },
  { name: '500 files in a folder', make: (path) => manyFiles(new FatImage(path).format(16 * MIB, ['-F', '16', '-s', '2']), 500) },
  {
    name: `${MOST_FILES} files in a folder, as many as it holds`,
    tools: ['qemu-img'],
    isLong: true,
    isCrowded: true,
    make: crowd,
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
  run('mcopy', ['-i', image.path, ...names.map((name) => join(image.folder, name)), '::/many']);
}

/** By QEMU: mtools looks through the whole folder for each name that it adds. */
function crowd(path: string): void {
  const { folder } = new FatImage(path);
  const tree = mkdtempSync(join(folder, 'tree-'));
  mkdirSync(join(tree, 'many'));
  for (let index = 0; index < MOST_FILES; index++)
    writeFileSync(join(tree, 'many', `f${index}`), index % 100 === 0 ? `content of ${index}` : '');
  runTool('qemu-img', ['convert', '-O', 'raw', '--image-opts', `${VVFAT_VOLUME},file.dir=${tree}`, path]);
  rmSync(tree, { recursive: true });
}

/** A file of one cluster, to which all clusters behind it are added by hand; what is not written is a hole of the image. */
function giant(image: FatImage): void {
  const SIZE = 2 ** 32 - 1;
  image.addFile(['GIANT.BIN', 'begins']);
  const { dataOffset, clusterBytes } = image.oracle();
  const first = Number(/\d+/.exec(image.clustersOf('GIANT.BIN'))![0]);
  const count = Math.ceil(SIZE / clusterBytes);
  const chain = Buffer.alloc(count * 4);
  for (let index = 0; index < count; index++) chain.writeUInt32LE(index + 1 < count ? first + index + 1 : 0x0fffffff, index * 4);
  const boot = image.peek(0, 512);
  const [reserved, fatBytes] = [boot.readUInt16LE(14) * 512, boot.readUInt32LE(36) * 512];
  for (let copy = 0; copy < boot[16]!; copy++) image.patch(reserved + copy * fatBytes + first * 4, chain);
  const entry = dataOffset + image.peek(dataOffset, clusterBytes).indexOf('GIANT   BIN');
  image.patch(entry + 28, [0xff, 0xff, 0xff, 0xff]);
  const freeClusters = Buffer.alloc(4);
  freeClusters.writeUInt32LE(image.peek(512 + 488, 4).readUInt32LE() - count + 1);
  image.patch(512 + 488, freeClusters);
  const start = dataOffset + (first - 2) * clusterBytes;
  for (const offset of [2 ** 31 - 3, SIZE - 20_000, SIZE - 7]) image.patch(start + offset, Buffer.from('by hand'));
}
