import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  fillUp,
  fragmentFiles,
  type Recipe,
  runTool,
  SeededRandom,
  writeDeepFolders,
  writeEveryPlane,
  writeManyFiles,
} from '@diskwright/sdk/testing';
import { ExfatImage } from '../testing/exfatImage';
import { type HandMade, type HandMadeFile, writeByHand } from '../testing/handMade';
import { makeTree } from '../testing/makeTree';
import { imageCases, type ImageCase } from './imageCases';

const MIB = 1024 * 1024;

function recipeOf(given: ImageCase): Recipe {
  return {
    name: given.name,
    needsRoot: true,
    ...(given.sectorSize && { sectorSize: given.sectorSize, tools: ['losetup'] }),
    make: (path, seed) => {
      const image = new ExfatImage(path).format(given.size, given.args, given.sectorSize);
      if (!given.isEmpty) {
        const fill = (folder: string): void => makeTree(folder, new SeededRandom(seed), given.file);
        image.mounted(fill).fragment(seed + 1, 30, given.file / 2);
      }
      if (given.leaveFree === undefined) return;
      const rest = (image.freeClusters() - given.leaveFree) * image.clusterBytes();
      image.mounted((folder) => writeFileSync(join(folder, 'rest'), Buffer.alloc(rest, 0x5e)));
    },
  };
}

function mountedRecipe(
  name: string,
  size: number,
  args: readonly string[],
  fill: (folder: string, seed: number) => void,
): Recipe {
  return {
    name,
    needsRoot: true,
    make: (path, seed) => void new ExfatImage(path).format(size, args).mounted((folder) => fill(folder, seed)),
  };
}

function handMadeRecipe(name: string, size: number, args: readonly string[], what: HandMade): Recipe {
  return {
    name,
    tools: ['python3'],
    needsRoot: true,
    make: (path) => {
      writeByHand(new ExfatImage(path).format(size, args).path, what);
      runTool('fsck.exfat', ['-n', path]);
    },
  };
}

/** Its last 16 MiB, which are compared, have the border of 4 GiB in them, and the end of what was written. */
const giant: HandMadeFile = {
  name: 'giant',
  size: 4101 * MIB + 12_345,
  valid: 4097 * MIB + 100,
  writtenAt: [0, 4096 * MIB - 7, 4097 * MIB],
};

const others: readonly Recipe[] = [
  mountedRecipe('full', 16 * MIB, ['-c', '4K'], fillUp),
  mountedRecipe('heavily fragmented', 8 * MIB, ['-c', '512'], fragmentFiles),
  mountedRecipe('heavily fragmented, clusters of 4 KiB', 16 * MIB, ['-c', '4K'], fragmentFiles),
  mountedRecipe('names from every plane', 16 * MIB, ['-c', '4K'], writeEveryPlane),
  mountedRecipe('deep folders', 16 * MIB, ['-c', '4K'], writeDeepFolders),
  mountedRecipe('2000 files in a folder', 32 * MIB, ['-c', '4K'], (folder) => writeManyFiles(folder, 2000)),
  // The driver looks through the whole folder for each name, and is too slow to make them.
  {
    ...handMadeRecipe('100 000 files in a folder', 64 * MIB, ['-c', '4K'], { crowd: { files: 100_000, everyNthFilled: 100 } }),
    isLong: true,
  },
  { ...handMadeRecipe('a file above 4 GiB, by hand', 10_240 * MIB, [], { files: [giant] }), isNotCopied: true },
  { ...mountedRecipe('a file above 4 GiB', 10_240 * MIB, [], writeGiant), isLong: true, isNotCopied: true },
];

/** It has no holes: all of it is written. */
function writeGiant(folder: string): void {
  const file = openSync(join(folder, 'giant'), 'w');
  const piece = Buffer.alloc(16 * MIB, 'giant');
  for (let offset = 0; offset <= 4096 * MIB; offset += piece.length) writeSync(file, piece, 0, piece.length, offset);
  closeSync(file);
}

/** Sizes of clusters, places of FAT and bitmap, fill, and what is rare. */
export const recipes: readonly Recipe[] = [...imageCases.map(recipeOf), ...others];
