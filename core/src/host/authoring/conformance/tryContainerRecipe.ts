import type { ContainerDescription } from '@diskwright/sdk/protocol';
import { compareContainer, type ContainerComparison, containerDifferences, type FileRange } from '@diskwright/sdk/testing';
import type { ConformanceProcess, DescribedContainer } from './conformanceProcess';
import type { ConformanceRun } from './conformanceRun';
import { hostContainer, withContainer } from './hostContainer';

/** How a container compared, and what of it can be mutated. */
export interface TriedContainer {
  words: string;
  fields: readonly FileRange[];
  /** What there is to say of it as it is: see {@link complaintsOf}. */
  complaints: number;
}

/** How many warnings there are, and devices that cannot be read. */
export function complaintsOf({ warnings, devices }: ContainerDescription): number {
  return warnings.length + devices.filter(({ unavailable }) => unavailable !== undefined).length;
}

/** Makes the members of a container, and holds what the plugin says and serves of it against the oracle. @throws Error with the differences */
export async function tryContainerRecipe(
  author: ConformanceProcess,
  index: number,
  { recipes }: DescribedContainer,
  paths: readonly string[],
  { host, plugin, signal, options }: ConformanceRun,
): Promise<TriedContainer> {
  const image = { ...recipes[index]!, paths };
  await author.make(index, paths, options.seed);
  const expected = await author.listContainer(index, paths, options.seed);
  return withContainer(host, image, signal, async (container) => {
    if (!container) throw new Error('no plugin knows it: neither the magic bytes of the manifest nor probe took it');
    if (container.provider !== plugin) throw new Error(`${container.provider} was surer that it is its own`);
    const view = hostContainer(host, image, container.description, signal);
    const words = inWords(await compareContainer(view, expected, options.seed));
    return { words, fields: expected.fields, complaints: complaintsOf(container.description) };
  });
}

/** @throws Error with the differences */
function inWords(comparison: ContainerComparison): string {
  if (comparison.different > 0) throw new Error(containerDifferences(comparison));
  const { devices, bytes } = comparison;
  return `${devices} ${devices === 1 ? 'device' : 'devices'} equal, ${bytes} bytes of ${devices === 1 ? 'it' : 'them'} read`;
}
