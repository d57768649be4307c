import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fillUp,
  fragmentFiles,
  makeTree,
  type Recipe,
  SeededRandom,
  writeEveryPlane,
  writeFarAway,
  writeManyFiles,
} from '@diskwright/sdk/testing';
import { XfsImage } from '../testing/xfsImage';
import { imageCases, type ImageCase } from './imageCases';

const LARGEST_CLONED = 2 ** 30;
/** Files in each folder of what mkfs.xfs fills. */
export const PROTOTYPE_FILES = 40;

export interface XfsRecipe extends Recipe {
  /** Filled by mkfs.xfs itself, for what the kernel does not mount. */
  byPrototype?: boolean;
}

function recipeOf({ name, size, args, files, fill, sectorSize }: ImageCase): XfsRecipe {
  return {
    name,
    ...(sectorSize && { sectorSize }),
    ...(files === 'prototype' ? { byPrototype: true } : { needsRoot: true }),
    isNotCopied: size > LARGEST_CLONED,
    isLong: fill === 'very many',
    make: (path, seed) => {
      const image = new XfsImage(path);
      const prototype = files === 'prototype' ? ['-p', image.prototype(seed, PROTOTYPE_FILES, 90_000)] : [];
      image.format(size, [...args, ...prototype]);
      if (files === 'kernel') image.mounted((folder) => FILLINGS[fill ?? 'everything'](folder, seed));
    },
  };
}

const FILLINGS: Record<NonNullable<ImageCase['fill']> | 'everything', (folder: string, seed: number) => void> = {
  everything: (folder, seed) => {
    makeTree(folder, seed);
    XfsImage.makeLinks(folder);
    const random = new SeededRandom(seed);
    const path = (index: number): string => join(folder, `written ${index}`);
    for (let index = 0; index < 400; index++) writeFileSync(path(index), random.bytes(random.integer(20_000)));
    for (let index = 0; index < 400; index += 3) rmSync(path(index));
    linkSync(path(1), join(folder, 'another name'));
  },
  full: fillUp,
  fragmented: fragmentFiles,
  planes: writeEveryPlane,
  'far away': writeFarAway,
  many: (folder) => writeManyFiles(folder, 4000),
  'very many': (folder) => writeManyFiles(folder, 100_000),
};

/** Every feature that mkfs.xfs can switch on, in many sizes, filled by the kernel. */
export const recipes: readonly XfsRecipe[] = imageCases.map(recipeOf);
