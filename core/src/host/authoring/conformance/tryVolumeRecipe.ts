import { rm } from 'node:fs/promises';
import { type Comparison, compareVolume, ImageFile } from '@diskwright/sdk/testing';
import type { ConformanceRun } from './conformanceRun';
import type { ConformanceProcess, DescribedFilesystem } from './conformanceProcess';
import { hostVolume } from './hostVolume';

/** Of a copy that is judged, from its beginning: what lies behind stays zeros. */
const MOST_RUBBISH_BYTES = 96 * 1024 * 1024;

/** Makes an image of a filesystem, and holds what the plugin says of it against the oracle. @returns what was compared @throws Error with the differences */
export async function tryVolumeRecipe(
  author: ConformanceProcess,
  index: number,
  { recipes, judgesCopies }: DescribedFilesystem,
  path: string,
  { host, plugin, signal, options }: ConformanceRun,
): Promise<string> {
  const recipe = recipes[index]!;
  await author.make(index, [path], options.seed);
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
