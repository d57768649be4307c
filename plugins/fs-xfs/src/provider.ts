import type { Filesystem, FilesystemProvider, ProviderContext } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { isSuperblockSound } from './superblockProblems';
import { XfsVolume } from './volume';
import { XfsFilesystem } from './xfsFilesystem';

/** XFS of versions 4 and 5. */
export const xfsProvider: FilesystemProvider = {
  /** A superblock whose checksum is wrong may be a damaged filesystem or the leftover of an old one: another provider may know better. */
  async probe(source: BlockSource, { signal }: ProviderContext): Promise<number> {
    try {
      return isSuperblockSound(await XfsVolume.read(source, signal)) ? 100 : 40;
    } catch (error) {
      if (error instanceof DamagedStructureError) return 0;
      throw error;
    }
  },

  async open(source: BlockSource, { signal }: ProviderContext): Promise<Filesystem> {
    return new XfsFilesystem(await XfsVolume.read(source, signal));
  },
};
