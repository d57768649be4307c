import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fillUp,
  fragmentFiles,
  makeTree,
  type Recipe,
  runTool,
  SeededRandom,
  writeEveryPlane,
  writeFarAway,
} from '@diskwright/sdk/testing';
import { ExtImage } from '../testing/extImage';
import { fileCases } from '../testing/fileCases';
import { imageCases, type ImageCase } from './imageCases';

const MEBIBYTE = 1024 * 1024;
const BAD_BLOCKS = '5000\n5001\n9000\n';

export interface ExtRecipe extends Recipe {
  /** The kernel does not mount it: debugfs says what is in it. */
  byDebugfs?: boolean;
}

function recipeOf(given: ImageCase): ExtRecipe {
  return {
    name: given.name,
    isNotCopied: given.cloned === false,
    ...(given.mounted && { needsRoot: true }),
    ...(given.unmountable && { byDebugfs: true }),
    make: (path, seed) => {
      const image = new ExtImage(path);
      writeFileSync(join(image.folder, 'bad'), BAD_BLOCKS);
      const args = given.args.map((argument) => argument.replace('{folder}', image.folder));
      if (given.files !== 'none') {
        const folder = join(image.folder, 'files');
        if (given.files === 'many') ExtImage.makeFiles(folder, seed, 60, 70_000);
        else ExtImage.makeFiles(folder, seed, 5, 9000);
        args.push('-d', folder);
      }
      image.format(given.size, args, given.filesystemSize);
      if (given.fragments) image.fragment(seed + 3, ...given.fragments);
      if (given.mounted) image.mounted((folder) => writeAndDelete(folder, seed));
      for (const [tool = '', ...rest] of given.afterwards ?? [])
        runTool(
          tool,
          rest.map((argument) => argument.replace('{image}', image.path)),
        );
    },
  };
}

/** Files are written in the mounted filesystem, some deleted, and others written in their place. */
function writeAndDelete(folder: string, seed: number): void {
  const random = new SeededRandom(seed);
  const names = Array.from({ length: 60 }, (_, index) => join(folder, `written ${index}`));
  for (const name of names) writeFileSync(name, random.bytes(random.integer(100_000)));
  for (const name of names.filter((_, index) => index % 3 === 0)) unlinkSync(name);
  for (const name of names.slice(0, 8)) writeFileSync(name, random.bytes(300_000));
}

interface KernelCase extends Omit<Recipe, 'make'> {
  args: readonly string[];
  size?: number;
  fill(folder: string, seed: number): void;
}

/** Filled through the kernel. */
function kernelRecipe({ args, size = 256 * MEBIBYTE, fill, ...recipe }: KernelCase): ExtRecipe {
  return {
    needsRoot: true,
    ...recipe,
    make: (path, seed) => void new ExtImage(path).format(size, args).mounted((folder) => fill(folder, seed)),
  };
}

const kernelRecipes: readonly KernelCase[] = [
  ...fileCases.map(([name, args]) => ({ name: `a tree of everything: ${name}`, args, fill: makeTree, isNotCopied: true })),
  { name: 'ext4, empty', args: ['-t', 'ext4'], size: 32 * MEBIBYTE, fill: () => undefined },
  { name: 'ext4, full', args: ['-t', 'ext4', '-m', '0'], size: 24 * MEBIBYTE, fill: fillUp },
  { name: 'ext2, full, blocks of 1 KiB', args: ['-t', 'ext2', '-m', '0', '-b', '1024'], size: 12 * MEBIBYTE, fill: fillUp },
  {
    name: 'ext4, sectors of 4096 bytes',
    args: ['-t', 'ext4', '-b', '4096'],
    sectorSize: 4096,
    fill: makeTree,
    isNotCopied: true,
  },
  { name: 'ext4, heavily fragmented', args: ['-t', 'ext4', '-b', '1024', '-m', '0'], size: 16 * MEBIBYTE, fill: fragmentFiles },
  { name: 'ext3, heavily fragmented', args: ['-t', 'ext3', '-b', '1024', '-m', '0'], size: 16 * MEBIBYTE, fill: fragmentFiles },
  { name: 'ext4, names from every plane', args: ['-t', 'ext4'], size: 32 * MEBIBYTE, fill: writeEveryPlane },
  { name: 'ext4, sparse above 4 GiB', args: ['-t', 'ext4'], size: 32 * MEBIBYTE, fill: writeFarAway },
  { name: 'ext2, sparse above 4 GiB', args: ['-t', 'ext2', '-b', '4096'], size: 32 * MEBIBYTE, fill: writeFarAway },
  {
    name: 'ext4, 4000 files in a folder',
    args: ['-t', 'ext4', '-b', '1024'],
    size: 32 * MEBIBYTE,
    fill: (folder) => manyFiles(folder, 4000),
  },
  {
    name: 'ext4, 100 000 files in a folder',
    isLong: true,
    args: ['-t', 'ext4', '-b', '1024', '-N', '120000', '-O', 'large_dir'],
    fill: (folder) => manyFiles(folder, 100_000),
  },
];

/** Every feature that mke2fs can switch on, in many sizes, filled by mke2fs, debugfs and the kernel. */
export const recipes: readonly ExtRecipe[] = [...imageCases.map(recipeOf), ...kernelRecipes.map(kernelRecipe)];

function manyFiles(folder: string, count: number): void {
  mkdirSync(join(folder, 'many'));
  for (let index = 0; index < count; index++) symlinkSync(`file${index}`, join(folder, 'many', String(index)));
}
