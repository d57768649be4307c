/** Names what no other plugin reads. */
import { definePlugin } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { findKnown } from './catalogue';
import { NamedVolume } from './namedVolume';

/** Whoever can read a volume goes before. */
const SCORE = 20;

export default definePlugin({
  filesystems: {
    names: {
      probe: async (source, { signal }) => ((await findKnown(source, signal)) ? SCORE : 0),
      open: async (source, { signal }) => {
        const found = await findKnown(source, signal);
        if (!found) throw new DamagedStructureError('superblock', 'nothing in it is known', { offset: 0 });
        return new NamedVolume(source, found);
      },
    },
  },
});
