import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Comparison, compareVolume, ImageFile, missingTools, whyNot } from '@diskwright/sdk/testing';
import type { Host } from '../../host';
import type { CheckList } from '../scoreCard';
import { ConformanceProcess, type DescribedConformance } from './conformanceProcess';
import { hostVolume } from './hostVolume';
import { type MutatedImage, tryMutations } from './mutations';

/** So many of the smallest images are mutated, none of them larger than this. */
const MUTATED_IMAGES = 3;
const MOST_MUTATED_MEBIBYTES = 40;
const MOST_MUTATED_BYTES = MOST_MUTATED_MEBIBYTES * 1024 * 1024;
const MOST_RUBBISH_BYTES = 96 * 1024 * 1024;

export interface ConformanceOptions {
  /** Of all random choices. */
  seed: number;
  /** Also recipes that take minutes or gigabytes. */
  long: boolean;
  /** Only recipes whose name holds this. */
  only?: string;
  mutations: number;
  /** For one mutated image. */
  milliseconds: number;
  memoryBytes: number;
}

interface Run {
  host: Host;
  plugin: string;
  /** A folder that is the run's. */
  scratch: string;
  list: CheckList;
  signal: AbortSignal;
  options: ConformanceOptions;
}

/** Makes the images of a plugin's recipes, holds what it says of them in its sandbox against the oracle, and mutates the smallest of them. */
export async function runConformance(module: string, programFolder: string, run: Run): Promise<void> {
  const { list, signal, options } = run;
  const author = new ConformanceProcess(module, programFolder, signal);
  try {
    let described: DescribedConformance | undefined;
    await list.run('conformance', async () => {
      described = await author.describe();
      return `${described.recipes.length} recipes for ${described.filesystem}, seed ${options.seed}`;
    });
    if (!described) return;
    const missing = missingTools(described.tools);
    if (missing.length > 0) return list.skip('conformance: images', `not installed: ${missing.join(', ')}`);
    const small: (MutatedImage & { size: number })[] = [];
    for (const [index, recipe] of described.recipes.entries()) {
      signal.throwIfAborted();
      if (options.only !== undefined && !recipe.name.includes(options.only)) continue;
      const name = `image: ${recipe.name}`;
      const absent = missingTools(recipe.tools ?? []);
      const reason = absent.length > 0 ? `not installed: ${absent.join(', ')}` : whyNot(recipe, options.long);
      if (reason !== null) {
        list.skip(name, reason);
        continue;
      }
      const folder = join(run.scratch, `image${index}`);
      await mkdir(folder);
      const path = join(folder, 'image');
      const passed = await list.run(name, () => tryRecipe(author, index, described!, path, run));
      const size = passed ? (await stat(path)).size : Infinity;
      small.push({ name: recipe.name, path, sectorSize: recipe.sectorSize, size });
      small.sort((a, b) => a.size - b.size);
      for (const gone of small.splice(
        size <= MOST_MUTATED_BYTES ? MUTATED_IMAGES : small.findIndex((each) => each.path === path),
        Infinity,
      ))
        await rm(join(gone.path, '..'), { recursive: true, force: true });
    }
    const mutated = small.filter(({ size }) => size <= MOST_MUTATED_BYTES);
    const name = 'mutations of every field';
    if (options.mutations === 0) return list.skip(name, 'none were asked for');
    if (mutated.length === 0) return list.skip(name, `none of the images that passed has up to ${MOST_MUTATED_MEBIBYTES} MiB`);
    const { seed, mutations: cases, milliseconds, memoryBytes } = options;
    await list.run(name, () => tryMutations(run.host, run.plugin, mutated, { cases, seed, milliseconds, memoryBytes }, signal));
  } finally {
    author.close();
  }
}

async function tryRecipe(
  author: ConformanceProcess,
  index: number,
  { recipes, judgesCopies }: DescribedConformance,
  path: string,
  { host, plugin, signal, options }: Run,
): Promise<string> {
  const recipe = recipes[index]!;
  await author.make(index, path, options.seed);
  const expected = await author.list(index, path, options.seed);
  const { deviceId, size } = await host.devices.open(path, recipe.sectorSize, signal);
  try {
    const volume = await host.plugins.providers.openVolume({ deviceId, partition: 0 }, signal);
    if (!volume) throw new Error('no plugin knows it: neither the magic bytes of the manifest nor probe took it');
    try {
      if (volume.provider !== plugin) throw new Error(`${volume.provider} was surer that it is its own`);
      const view = await hostVolume(host, volume, signal);
      const comparison = await compareVolume(view, expected);
      const { extents } = await view.allocation();
      const isJudged = judgesCopies && extents !== null && recipe.isNotCopied !== true && comparison.different === 0;
      if (isJudged) {
        const copy = new ImageFile(path).cloneTo('copy', extents, size, Math.min(size, MOST_RUBBISH_BYTES));
        await author.judge(index, path, copy);
        await rm(copy);
      }
      return inWords(comparison, isJudged);
    } finally {
      await volume.close();
    }
  } finally {
    await host.devices.close(deviceId);
  }
}

/** @throws Error with the differences */
function inWords({ files, compared, different, differences, used }: Comparison, isJudged: boolean): string {
  if (different > 0) {
    const more = different > differences.length ? [`and ${different - differences.length} more`] : [];
    throw new Error([`${different} differences from the oracle`, ...differences, ...more].join('\n'));
  }
  const counts = Object.entries(compared).map(([aspect, count]) => `${aspect} ${count}`);
  const allocation = used ? `; ${used.bytes} bytes used, ${used.more} more than by the oracle` : '';
  return `${files} files equal${counts.length > 0 ? ` (${counts.join(', ')})` : ''}${allocation}${isJudged ? '; a copy of those alone is sound' : ''}`;
}
