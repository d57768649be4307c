import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { memberPaths, missingTools, whyNot } from '@diskwright/sdk/testing';
import { ConformanceProcess, type DescribedContainer, type DescribedFilesystem } from './conformanceProcess';
import type { ConformanceRun } from './conformanceRun';
import { mutatedContainer } from './mutatedContainer';
import { mutatedVolume } from './mutatedVolume';
import { tryMutations } from './mutations';
import type { Subject } from './subject';
import { type TriedContainer, tryContainerRecipe } from './tryContainerRecipe';
import { tryVolumeRecipe } from './tryVolumeRecipe';

/** So many of the smallest images are mutated. Containers have few structures each. */
const MUTATED_VOLUMES = 3;
const MUTATED_CONTAINERS = 12;

/** An image that passed, and what makes it one to be mutated. */
interface Passed {
  folder: string;
  /** Of its files together, in bytes. */
  size: number;
  toMutate(): Promise<Subject>;
}

/** Makes the images of a plugin's recipes, holds what it says of them in its sandbox against the oracle, and mutates the smallest of them. */
export async function runConformance(module: string, programFolder: string, run: ConformanceRun): Promise<void> {
  const { list, signal, options } = run;
  const author = new ConformanceProcess(module, programFolder, signal);
  try {
    let described: DescribedFilesystem | DescribedContainer | undefined;
    await list.run('conformance', async () => {
      described = await author.describe();
      return `${described.recipes.length} recipes for ${described.filesystem ?? described.container}, seed ${options.seed}`;
    });
    if (!described) return;
    const missing = missingTools(described.tools);
    if (missing.length > 0) return list.skip('conformance: images', `not installed: ${missing.join(', ')}`);
    const smallest = await tryRecipes(author, described, run);
    const name = 'mutations of every field';
    if (options.mutations === 0) return list.skip(name, 'none were asked for');
    if (smallest.length === 0) return list.skip(name, 'no image passed');
    const { seed, mutations: cases, milliseconds, memoryBytes } = options;
    await list.run(name, async () => {
      const subjects: Subject[] = [];
      for (const { toMutate } of smallest) subjects.push(await toMutate());
      return tryMutations(run.host, run.plugin, subjects, { cases, seed, milliseconds, memoryBytes }, signal);
    });
  } finally {
    author.close();
  }
}

/** @returns the smallest that passed; the others are removed, each when it is known not to be one of these */
async function tryRecipes(
  author: ConformanceProcess,
  described: DescribedFilesystem | DescribedContainer,
  run: ConformanceRun,
): Promise<Passed[]> {
  const { list, signal, options } = run;
  const smallest: Passed[] = [];
  const most = described.container === null ? MUTATED_VOLUMES : MUTATED_CONTAINERS;
  for (const [index, recipe] of described.recipes.entries()) {
    signal.throwIfAborted();
    if (options.only !== undefined && !recipe.name.includes(options.only)) continue;
    const name = `image: ${recipe.name}`;
    const reason = whyNot(recipe, options.long);
    if (reason !== null) {
      list.skip(name, reason);
      continue;
    }
    const folder = join(run.scratch, `image${index}`);
    await mkdir(folder);
    const passed = await tryRecipe(name, author, index, described, folder, run);
    if (passed) {
      smallest.push(passed);
      smallest.sort((a, b) => a.size - b.size);
    }
    const gone = passed ? smallest.splice(most, Infinity).map((each) => each.folder) : [folder];
    for (const each of gone) await rm(each, { recursive: true, force: true });
  }
  return smallest;
}

async function tryRecipe(
  name: string,
  author: ConformanceProcess,
  index: number,
  described: DescribedFilesystem | DescribedContainer,
  folder: string,
  run: ConformanceRun,
): Promise<Passed | null> {
  const { list, host, signal } = run;
  const mend: Subject['mend'] = described.mends ? (paths, mutation) => author.mend(index, paths, mutation) : null;
  if (described.container === null) {
    const image = { ...described.recipes[index]!, path: join(folder, 'image') };
    if (!(await list.run(name, () => tryVolumeRecipe(author, index, described, image.path, run)))) return null;
    return { folder, size: await sizeOf([image.path]), toMutate: () => mutatedVolume(host, image, mend, signal) };
  }
  const recipe = described.recipes[index]!;
  const image = { ...recipe, paths: memberPaths(folder, recipe) };
  let tried: TriedContainer | undefined;
  await list.run(name, async () => {
    tried = await tryContainerRecipe(author, index, described, image.paths, run);
    return tried.words;
  });
  if (!tried) return null;
  const subject = mutatedContainer(host, recipe.name, image, tried, mend, signal);
  return { folder, size: await sizeOf(image.paths), toMutate: () => Promise.resolve(subject) };
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
