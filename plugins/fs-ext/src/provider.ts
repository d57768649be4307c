import type { Filesystem, FilesystemProvider, ProviderContext } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExternalJournal } from './externalJournal';
import { ExtFilesystem } from './extFilesystem';
import { Incompatible } from './features';
import { findChecksumProblems } from './superblockProblems';
import { ProblemList } from '@diskwright/sdk';
import { readVolume, type ExtVolume } from './volume';

const isJournal = (volume: ExtVolume): boolean => (volume.superblock.incompatibleFeatures & Incompatible.JOURNAL_DEV) !== 0;

/** ext2, ext3, ext4 and external journals. */
export const extProvider: FilesystemProvider = {
  async probe(source: BlockSource, { signal }: ProviderContext): Promise<number> {
    try {
      return await score(await readVolume(source, signal), signal);
    } catch (error) {
      if (error instanceof DamagedStructureError) return 0;
      throw error;
    }
  },

  async open(source: BlockSource, { signal }: ProviderContext): Promise<Filesystem> {
    const volume = await readVolume(source, signal);
    return isJournal(volume) ? new ExternalJournal(volume) : new ExtFilesystem(volume);
  },
};

/** Numbers that do not agree, or a wrong checksum, may be a damaged filesystem or the leftover of an old one: another provider may know better. */
async function score(volume: ExtVolume, signal: AbortSignal): Promise<number> {
  if (isJournal(volume)) return (await new ExternalJournal(volume).isWhole(signal)) ? 100 : 20;
  if (volume.geometry instanceof DamagedStructureError) return 20;
  const problems = new ProblemList();
  findChecksumProblems(volume, problems);
  return problems.hidesAllocation ? 40 : 100;
}
