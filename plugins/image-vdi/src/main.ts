/** VirtualBox's image format VDI. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isVdi } from './header';
import { VdiImage } from './vdiImage';

export default definePlugin({
  imageFormats: {
    vdi: {
      probe: async (file, { signal }) => ((await isVdi(file, signal)) ? 100 : 0),
      open: async (file, { signal, snapshot }) => {
        if (snapshot !== null) throw new InvalidInputError('VDI images hold no snapshots: each is a file of its own');
        return VdiImage.open(file, signal);
      },
    },
  },
});
