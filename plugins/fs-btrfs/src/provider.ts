import type { Filesystem, FilesystemProvider, ProviderContext } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { BtrfsFilesystem } from './btrfsFilesystem';
import { BtrfsVolume } from './volume';

/** btrfs on one device; of one on several devices what lies on this one. */
export const btrfsProvider: FilesystemProvider = {
  /** A superblock whose checksum is wrong may be a damaged filesystem or the leftover of an old one: another provider may know better. */
  async probe(source: BlockSource, { signal }: ProviderContext): Promise<number> {
    try {
      return (await BtrfsVolume.read(source, signal)).current.isSound ? 100 : 40;
    } catch (error) {
      if (error instanceof DamagedStructureError) return 0;
      throw error;
    }
  },

  async open(source: BlockSource, { signal }: ProviderContext): Promise<Filesystem> {
    return new BtrfsFilesystem(await BtrfsVolume.read(source, signal));
  },
};
