import { PageCache } from '../../block/index';
import type { PluginDefinition } from '../../runtime/index';
import { FileSource } from '../fileSource';
import { ImageFile } from '../imageFile';
import { missingTools } from '../tools';
import { type Comparison, compareVolume } from './compareVolume';
import type { Conformance, Recipe } from './conformance';
import { volumeOf } from './conformanceVolume';

/** What lies behind it on a copy that is judged stays zeros: large images are filled in front. */
const MOST_RUBBISH_BYTES = 96 * 1024 * 1024;

/**
 * Makes an image by a recipe, opens it with the plugin's provider, without host and sandbox, and holds it against the oracle; for the tests of a plugin.
 * Everything that it made is gone afterwards.
 * @throws Error with the differences; what provider and tools throw
 */
export async function checkRecipe<R extends Recipe>(
  conformance: Conformance<R>,
  recipe: R,
  plugin: PluginDefinition,
  seed = 1,
): Promise<Comparison> {
  const provider = plugin.filesystems?.[conformance.filesystem];
  if (!provider) throw new Error(`the plugin has no filesystem ${conformance.filesystem}`);
  const image = new ImageFile();
  try {
    await recipe.make(image.path, seed);
    const expected = await conformance.oracle(image.path, recipe, seed);
    const source = await FileSource.open(image.path, recipe.sectorSize);
    try {
      const { signal } = new AbortController();
      const filesystem = await provider.open(new PageCache(source), { signal, offset: 0, log });
      const comparison = await compareVolume(volumeOf(filesystem, source, signal), expected);
      if (comparison.different > 0) throw new Error(wordsFor(recipe, comparison));
      const { extents } = await filesystem.allocation(signal);
      if (conformance.judgeCopy && extents && !recipe.isNotCopied) {
        const copy = image.cloneTo('copy', extents, source.size, Math.min(source.size, MOST_RUBBISH_BYTES));
        await conformance.judgeCopy(copy, image.path, recipe);
      }
      await filesystem.close?.();
      return comparison;
    } finally {
      await source.close();
    }
  } finally {
    image.remove();
  }
}

const ignore = (): void => undefined;
const log = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function wordsFor({ name }: Recipe, { different, differences }: Comparison): string {
  const more = different > differences.length ? [`and ${different - differences.length} more`] : [];
  return [`${name}: ${different} differences`, ...differences, ...more].join('\n');
}

/** How long a test of a recipe may take, in milliseconds. Where long ones are asked for, some drivers are at it for many minutes. */
export const RECIPE_TIMEOUT = process.env['DISKWRIGHT_LONG'] === undefined ? 180_000 : 1_800_000;

/** Why a recipe cannot be made here; null when it can. */
export function whyNot(
  { isLong, needsRoot, tools = [] }: Pick<Recipe, 'isLong' | 'needsRoot' | 'tools'>,
  long = process.env['DISKWRIGHT_LONG'] !== undefined,
): string | null {
  const missing = missingTools(tools);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  if (isLong && !long) return 'it takes long: only where that is asked for';
  return needsRoot && process.getuid?.() !== 0 ? 'it mounts, which only root may' : null;
}
