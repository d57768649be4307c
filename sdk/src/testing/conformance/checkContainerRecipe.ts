import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginDefinition } from '../../runtime/index';
import { FileSource } from '../fileSource';
import { openContainer } from '../openContainer';
import { compareContainer, type ContainerComparison } from './compareContainer';
import type { ContainerConformance, ContainerRecipe } from './containerConformance';

/**
 * Makes a container by a recipe, opens it with the plugin's provider, without host and sandbox, and holds it against the oracle; for the tests of a plugin.
 * Everything that it made is gone afterwards.
 * @throws Error with the differences; what provider and tools throw
 */
export async function checkContainerRecipe<R extends ContainerRecipe>(
  conformance: ContainerConformance<R>,
  recipe: R,
  plugin: PluginDefinition,
  seed = 1,
): Promise<ContainerComparison> {
  const provider = plugin.containers?.[conformance.container];
  if (!provider) throw new Error(`the plugin has no container ${conformance.container}`);
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-container-'));
  const sources: FileSource[] = [];
  try {
    const paths = memberPaths(folder, recipe);
    await recipe.make(paths, seed);
    const expected = await conformance.oracle(paths, recipe, seed);
    for (const path of paths) sources.push(await FileSource.open(path, recipe.sectorSize));
    const { container, close } = await openContainer(provider, sources, recipe.passphrase);
    try {
      const view = {
        description: container.describe(),
        withDevice: <T>(
          name: string,
          use: (size: number, read: (offset: number, length: number) => Promise<Buffer>) => Promise<T>,
        ): Promise<T> => {
          const device = container.device(name);
          const { signal } = new AbortController();
          return use(device.size, (offset, length) => device.read(offset, length, signal));
        },
      };
      const comparison = await compareContainer(view, expected, seed);
      if (comparison.different > 0) throw new Error(containerDifferences(comparison));
      return comparison;
    } finally {
      await close();
    }
  } finally {
    await Promise.all(sources.map((source) => source.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the members of a recipe are made, in a folder that is theirs alone. */
export function memberPaths(folder: string, { members = 1 }: Pick<ContainerRecipe, 'members'>): string[] {
  return Array.from({ length: members }, (_, index) => join(folder, `member${index}`));
}

export function containerDifferences({ different, differences }: ContainerComparison): string {
  const more = different > differences.length ? [`and ${different - differences.length} more`] : [];
  return [`${different} differences from the oracle`, ...differences, ...more].join('\n');
}
