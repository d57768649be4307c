import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeTree, runPython, runTool, SeededRandom, writeEveryPlane, writeFarAway } from '@diskwright/sdk/testing';
import type { BtrfsImage } from '../testing/btrfsImage';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** An image to be made, and how it is filled. */
export interface ImageCase {
  name: string;
  size?: number;
  args?: readonly string[];
  /** Options of the mount that fills it. */
  options?: string;
  /** Writes into the mounted filesystem; a tree of everything by default. */
  fill?(folder: string): void;
  /** Changes the image after that. */
  change?(image: BtrfsImage): void;
  sectorSize?: 512 | 4096;
  isLong?: true;
}

const btrfs = (...args: string[]): string => runTool('btrfs', args);

function tree(folder: string): void {
  makeTree(folder, 2);
  const random = new SeededRandom(3);
  mkdirSync(join(folder, 'written'));
  for (let index = 0; index < 120; index++)
    writeFileSync(join(folder, 'written', String(index)), random.bytes(random.integer(60_000)));
  for (let index = 0; index < 120; index += 3) rmSync(join(folder, 'written', String(index)));
}

/** Content that compresses well, badly, and not at all, of many sizes, written over in places. */
function compressible(folder: string): void {
  makeTree(folder, 2, mebibyte);
  const random = new SeededRandom(5);
  for (const size of [1, 100, 2000, 4095, 4096, 4097, 100_000, 131_072, 131_073, 1_500_000]) {
    const text = Array.from({ length: Math.ceil(size / 24) }, () => `words and ${random.integer(1e9)} numbers `).join('');
    writeFileSync(join(folder, `text ${size}`), text.slice(0, size));
    writeFileSync(join(folder, `same ${size}`), Buffer.alloc(size, 'a'));
    writeFileSync(join(folder, `mixed ${size}`), Buffer.concat([random.bytes(size / 2), Buffer.alloc(size / 2)]));
  }
  btrfs('filesystem', 'sync', folder);
  const file = openSync(join(folder, 'text 1500000'), 'r+');
  for (const offset of [5000, 200_000, 700_001]) writeSync(file, Buffer.from('written over '.repeat(600)), 0, 7000, offset);
  closeSync(file);
}

function full(folder: string): void {
  tree(folder);
  const random = new SeededRandom(7);
  for (const size of [4_000_000, 50_000, 1000]) {
    try {
      for (let index = 0; index < 2000; index++) writeFileSync(join(folder, `filling ${size} ${index}`), random.bytes(size));
    } catch {
      if (readdirSync(folder).length === 0) throw new Error('nothing was written');
    }
  }
}

function snapshots(folder: string): void {
  btrfs('subvolume', 'create', join(folder, 'home'));
  tree(join(folder, 'home'));
  btrfs('subvolume', 'create', join(folder, 'home', 'nested'));
  writeFileSync(join(folder, 'home', 'nested', 'inside'), 'a nested file');
  mkdirSync(join(folder, 'snapshots'));
  btrfs('subvolume', 'snapshot', '-r', join(folder, 'home'), join(folder, 'snapshots', 'first'));
  writeFileSync(join(folder, 'home', 'later'), 'written behind the snapshot');
  rmSync(join(folder, 'home', 'written', '1'));
  btrfs('subvolume', 'snapshot', join(folder, 'home'), join(folder, 'snapshots', 'second'));
  btrfs('subvolume', 'create', join(folder, 'gone'));
  writeFileSync(join(folder, 'gone', 'file'), Buffer.alloc(100_000, 3));
  btrfs('subvolume', 'delete', join(folder, 'gone'));
  const id = /ID (\d+)/.exec(btrfs('subvolume', 'list', folder))![1]!;
  btrfs('subvolume', 'set-default', id, folder);
}

function reflinks(folder: string): void {
  tree(folder);
  writeFileSync(join(folder, 'origin'), new SeededRandom(9).bytes(3_000_000));
  for (let index = 0; index < 5; index++)
    runTool('cp', ['--reflink=always', join(folder, 'origin'), join(folder, `copy ${index}`)]);
  const file = openSync(join(folder, 'copy 1'), 'r+');
  for (let index = 0; index < 20; index++) writeSync(file, Buffer.alloc(4096, index), 0, 4096, index * 131_072);
  closeSync(file);
}

function fragmented(folder: string): void {
  const random = new SeededRandom(11);
  const files = [0, 1, 2].map((index) => openSync(join(folder, `pieces ${index}`), 'w'));
  for (let round = 0; round < 400; round++) {
    for (const file of files) writeSync(file, random.bytes(4096), 0, 4096, random.integer(2000) * 4096);
    if (round % 20 === 0) btrfs('filesystem', 'sync', folder);
  }
  files.forEach(closeSync);
}

function sparse(folder: string): void {
  writeFarAway(folder);
  runTool('fallocate', ['-l', '20M', join(folder, 'preallocated')]);
  writeFileSync(join(folder, 'behind its end'), 'short');
  runTool('fallocate', ['-n', '-l', '8M', join(folder, 'behind its end')]);
  writeFileSync(join(folder, 'punched'), Buffer.alloc(2_000_000, 1));
  runTool('fallocate', ['-p', '-o', '100000', '-l', '500000', join(folder, 'punched')]);
}

function manyNames(folder: string, count: number): void {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < count; index++)
    writeFileSync(join(folder, 'many', `${index} of many`), index % 50 === 0 ? 'x' : '');
  mkdirSync(join(folder, 'linked'));
  writeFileSync(join(folder, 'linked', 'file'), 'has many names');
  const link = 'import os, sys\nfor n in range(800): os.link(sys.argv[1] + "/file", sys.argv[1] + "/" + "n" * 120 + str(n))';
  runPython(link, join(folder, 'linked'));
}

function noChecksums(folder: string): void {
  mkdirSync(join(folder, 'in place'));
  runTool('chattr', ['+C', join(folder, 'in place')]);
  writeFileSync(join(folder, 'in place', 'file'), new SeededRandom(13).bytes(900_000));
  tree(folder);
}

/** Images of every feature that mkfs.btrfs and the kernel can switch on, in many sizes. */
export const imageCases: readonly ImageCase[] = [
  { name: 'as it comes' },
  { name: 'empty', fill: () => undefined },
  { name: 'full', size: 256 * mebibyte, fill: full },
  { name: 'device sectors of 4096 bytes', sectorSize: 4096 },
  { name: 'tree blocks of 4 KiB', args: ['-n', '4096'] },
  { name: 'tree blocks of 32 KiB', args: ['-n', '32768'] },
  { name: 'tree blocks of 64 KiB', args: ['-n', '65536'] },
  { name: 'mixed block groups', args: ['--mixed'] },
  { name: 'metadata once', args: ['-m', 'single'] },
  { name: 'data twice', args: ['-d', 'dup'] },
  { name: 'zlib', options: 'loop,compress-force=zlib', fill: compressible },
  { name: 'LZO', options: 'loop,compress-force=lzo', fill: compressible },
  { name: 'zstd', options: 'loop,compress-force=zstd:15', fill: compressible },
  { name: 'zstd where it helps', options: 'loop,compress=zstd', fill: compressible },
  { name: 'LZO in tree blocks of 64 KiB', args: ['-n', '65536'], options: 'loop,compress-force=lzo', fill: compressible },
  { name: 'xxhash', args: ['--csum', 'xxhash'] },
  { name: 'SHA-256', args: ['--csum', 'sha256'] },
  { name: 'BLAKE2', args: ['--csum', 'blake2'], options: 'loop,compress=zstd', fill: compressible },
  { name: 'holes with items', args: ['-O', '^no-holes'], fill: sparse },
  { name: 'sparse above 4 GiB', fill: sparse },
  { name: 'old items of metadata', args: ['-O', '^skinny-metadata'] },
  { name: 'no tree of free space', args: ['-R', '^free-space-tree'] },
  { name: 'short references', args: ['-O', '^extref'] },
  { name: 'quotas', fill: (folder) => (btrfs('quota', 'enable', folder), snapshots(folder)) },
  { name: 'snapshots', fill: snapshots },
  { name: 'shared extents', fill: reflinks },
  { name: 'fragmented', fill: fragmented },
  { name: 'files without checksums', fill: noChecksums },
  { name: '5000 files in a folder', fill: (folder) => manyNames(folder, 5000) },
  { name: '100 000 files in a folder', isLong: true, fill: (folder) => manyNames(folder, 100_000) },
  { name: 'names from every plane', fill: writeEveryPlane },
  {
    name: 'balanced',
    change: (image) => image.mounted((folder) => void btrfs('balance', 'start', '--full-balance', folder)),
  },
  {
    name: 'made smaller',
    size: 600 * mebibyte,
    change: (image) => image.mounted((folder) => void btrfs('filesystem', 'resize', '-150M', folder)),
  },
  { name: 'metadata of another UUID', change: (image) => void runTool('btrfstune', ['-m', image.path]) },
  { name: '2 TiB', size: 2048 * gibibyte, fill: tree },
];

/** Makes the image of a case. */
export function makeCase(image: BtrfsImage, { size = 400 * mebibyte, args = [], options, fill = tree, change }: ImageCase): void {
  image.format(size, args).mounted(fill, options);
  change?.(image);
}
