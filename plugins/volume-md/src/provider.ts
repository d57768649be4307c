import type { ContainerProvider } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { MdArray } from './mdArray';
import { readSuperblock } from './superblock/readSuperblock';

/** A superblock of version 0.90 at the end of a disk may be that of its last partition. */
const MAYBE_THE_PARTITION_S = 60;
/** Opening it tells what is damaged. */
const DAMAGED = 30;

export const mdProvider: ContainerProvider = {
  probe: async (member, { signal }) => {
    try {
      const superblock = await readSuperblock(member, signal);
      if (!superblock) return 0;
      return superblock.version === '0.90' ? MAYBE_THE_PARTITION_S : 100;
    } catch (error) {
      if (error instanceof DamagedStructureError) return DAMAGED;
      throw error;
    }
  },
  open: (members, { signal }) => MdArray.open(members, signal),
};
