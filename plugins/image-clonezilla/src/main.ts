/** Disks as Clonezilla keeps them in a folder, opened by the dump of their partition table. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { ClonezillaImage, DUMP_ENDING } from './clonezillaImage';

const DUMP_START = /^(?:# partition table|label: |label-id: |unit: sectors)/m;

export default definePlugin({
  imageFormats: {
    clonezilla: {
      probe: async (file, { name, signal }) => {
        if (!name.endsWith(DUMP_ENDING) || file.size === 0) return 0;
        return DUMP_START.test((await file.read(0, Math.min(4096, file.size), signal)).toString('latin1')) ? 100 : 0;
      },
      open: async (file, context) => {
        if (context.snapshot !== null) throw new InvalidInputError('Clonezilla folders hold no snapshots');
        return ClonezillaImage.open(file, context);
      },
    },
  },
});
