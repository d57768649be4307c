import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { directoryExtents } from './files/content';
import { isDirectory } from './files/directoryEntries';
import type { FatVolume } from './files/fatTable';
import { walkEntries } from './files/walk';

/** Where all directories lie, as far as they can be found. @throws what `read` of the source throws, but for bad sectors */
export async function directoryIndex(volume: FatVolume, signal: AbortSignal): Promise<ExtentList> {
  const ranges: ByteRange[] = await directoryExtents(volume, null, signal);
  try {
    for await (const found of walkEntries(volume, null, true, signal))
      for (const { entry } of found)
        if (isDirectory(entry)) ranges.push(...(await directoryExtents(volume, entry.firstCluster, signal)));
  } catch (error) {
    if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
  }
  return ExtentList.fromRanges(ranges);
}
