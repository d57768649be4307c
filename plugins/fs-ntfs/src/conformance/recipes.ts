import { closeSync, linkSync, mkdirSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  fillUp,
  fragmentFiles,
  type Recipe,
  SeededRandom,
  writeDeepFolders,
  writeEveryPlane,
  writeManyFiles,
} from '@diskwright/sdk/testing';
import { FileAttribute } from '../files/fileAttributes';
import { NtfsImage } from '../testing/ntfsImage';
import { setFileAttributes } from '../testing/setAttributes';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

interface NtfsCase {
  name: string;
  size: number;
  args?: readonly string[];
  sectorSize?: 512 | 4096;
  fill?(folder: string, seed: number): void;
  /** Of the driver that fills it. */
  options?: string;
  /** A folder is filled, and wimlib makes the files of the volume after it: in a folder of many that is far faster than the driver. */
  isApplied?: boolean;
  isLong?: boolean;
}

const clusters = (bytes: number, size = 64 * MIB): NtfsCase => ({
  name: `clusters of ${bytes} bytes`,
  size,
  args: ['-c', String(bytes)],
});

const cases: readonly NtfsCase[] = [
  { name: 'as it comes', size: 64 * MIB },
  ...[512, 1024, 2048, 8192, 16_384, 32_768, 65_536].map((bytes) => clusters(bytes)),
  ...[131_072, 262_144, 524_288, MIB, 2 * MIB].map((bytes) => clusters(bytes, 512 * MIB)),
  // Not a multiple of the clusters: something lies behind the last.
  { name: 'a tail behind the last cluster', size: 48 * MIB + 12_288, args: ['-c', '65536'] },
  { name: 'sectors of 4096 bytes', size: 64 * MIB, args: ['-s', '4096'], sectorSize: 4096 },
  { name: 'sectors of 4096 bytes, clusters of 64 KiB', size: 64 * MIB, args: ['-s', '4096', '-c', '65536'], sectorSize: 4096 },
  { name: 'sectors of 1024 bytes', size: 64 * MIB, args: ['-s', '1024'] },
  { name: 'an odd size', size: 33 * MIB + 7 * 512 },
  { name: 'much room for the file table', size: 64 * MIB, args: ['-z', '4'] },
  { name: 'a label of other scripts', size: 32 * MIB, args: ['-L', 'Größe 漢字'] },
  { name: '2 TiB', size: 2048 * GIB },
  { name: 'empty', size: 16 * MIB, fill: () => undefined },
  { name: 'full', size: 16 * MIB, fill: fillUp },
  { name: 'full, clusters of 512 bytes', size: 12 * MIB, args: ['-c', '512'], fill: fillUp },
  { name: 'heavily fragmented', size: 16 * MIB, args: ['-c', '512'], fill: fragmentFiles },
  { name: 'heavily fragmented, clusters of 4 KiB', size: 24 * MIB, fill: fragmentFiles },
  { name: 'compressed', size: 48 * MIB, options: 'compression', fill: compressed },
  { name: 'compressed, clusters of 512 bytes', size: 48 * MIB, args: ['-c', '512'], options: 'compression', fill: compressed },
  { name: 'sparse above 4 GiB', size: 32 * MIB, fill: sparse },
  { name: 'named streams', size: 32 * MIB, options: 'streams_interface=windows', fill: streams },
  { name: 'names from every plane', size: 32 * MIB, fill: writeEveryPlane },
  { name: 'deep folders', size: 32 * MIB, fill: writeDeepFolders },
  { name: '2000 files in a folder', size: 32 * MIB, fill: (folder) => writeManyFiles(folder, 2000) },
  { name: '100 000 files in a folder', size: 256 * MIB, isLong: true, isApplied: true, fill: crowd },
];

function recipeOf({ name, size, args = [], sectorSize, fill = tree, options, isApplied, isLong }: NtfsCase): Recipe {
  return {
    name,
    needsRoot: true,
    isNotCopied: size > GIB,
    ...(sectorSize && { sectorSize }),
    ...(isLong && { isLong }),
    ...(isApplied && { tools: ['wimlib-imagex'] }),
    make: async (path, seed) => {
      const image = new NtfsImage(path).format(size, args);
      if (isApplied) image.applied((folder) => fill(folder, seed));
      else await image.mounted((folder) => fill(folder, seed), options);
    },
  };
}

/** Sizes of clusters and sectors, fill, and every way in which NTFS keeps a file that the driver can write. */
export const recipes: readonly Recipe[] = cases.map(recipeOf);

function tree(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  for (const place of ['folder', 'folder/deeper', 'empty']) mkdirSync(join(folder, place), { recursive: true });
  for (let index = 0; index < 40; index++)
    writeFileSync(join(folder, 'folder', `file ${index}`), random.bytes(random.integer(index % 4 === 0 ? 600 : 100_000)));
  for (let index = 0; index < 40; index += 5) rmSync(join(folder, 'folder', `file ${index}`));
  writeFileSync(join(folder, 'large'), random.bytes(MIB));
  for (const name of ['größe.txt', '文件', '😀 emoji', 'ملف', 'trailing.', '𝔘𝔫𝔦', 'n'.repeat(255)])
    writeFileSync(join(folder, 'folder/deeper', name), name);
  linkSync(join(folder, 'folder/file 1'), join(folder, 'folder/deeper/second name'));
  symlinkSync('folder/file 2', join(folder, 'a link'));
  sparse(folder);
}

function sparse(folder: string): void {
  writeFileSync(join(folder, 'sparse'), '');
  truncateSync(join(folder, 'sparse'), 5 * GIB);
  const file = openSync(join(folder, 'holes'), 'w');
  for (const [index, offset] of [3, 9, 5000].entries()) writeSync(file, Buffer.alloc(5000, index + 1), 0, 5000, offset * MIB);
  closeSync(file);
}

/** Most of them are empty. */
function crowd(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  writeManyFiles(folder, 99_000);
  for (let index = 0; index < 1000; index++)
    writeFileSync(join(folder, 'many', `filled ${index}`), random.bytes(random.integer(index % 2 === 0 ? 500 : 9000)));
}

function compressed(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  const text = Buffer.alloc(300_000, 'The quick brown fox. ');
  mkdirSync(join(folder, 'packed'));
  setFileAttributes(join(folder, 'packed'), FileAttribute.COMPRESSED);
  writeFileSync(join(folder, 'packed/text'), text);
  writeFileSync(join(folder, 'packed/noise'), random.bytes(300_000));
  writeFileSync(join(folder, 'packed/mixed'), Buffer.concat([text, random.bytes(100_000), Buffer.alloc(500_000), text]));
  writeFileSync(join(folder, 'packed/short'), text.subarray(0, 5000));
}

function streams(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  for (let index = 0; index < 20; index++) {
    writeFileSync(join(folder, `file ${index}`), random.bytes(random.integer(2000)));
    for (let stream = 0; stream < index % 4; stream++)
      writeFileSync(join(folder, `file ${index}:stream ${stream}`), random.bytes(random.integer(stream === 2 ? 30_000 : 300)));
  }
}
