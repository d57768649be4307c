import type { Filesystem, FilesystemProvider, ProviderContext } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readOrNull } from '@diskwright/sdk/files';
import { findNameSpace } from './files/nameSpace';
import { IsoFilesystem } from './isoFilesystem';
import { IsoVolume } from './volume';

/** ISO 9660 with Rock Ridge and Joliet. */
export const isoProvider: FilesystemProvider = {
  /** Behind its system area there may be an older image; another filesystem that begins at 0 knows better, so that it is not quite certain. */
  async probe(source: BlockSource, { signal }: ProviderContext): Promise<number> {
    try {
      await IsoVolume.read(source, signal);
      return 90;
    } catch (error) {
      if (error instanceof DamagedStructureError) return 0;
      throw error;
    }
  },

  async open(source: BlockSource, { signal }: ProviderContext): Promise<Filesystem> {
    const volume = await IsoVolume.read(source, signal);
    return new IsoFilesystem(volume, await readOrNull(() => findNameSpace(volume, signal)));
  },
};
