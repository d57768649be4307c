/** Virtual PC's and Hyper-V's image format VHD. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isVhd } from './header';
import { VhdImage } from './vhdImage';

export default definePlugin({
  imageFormats: {
    vhd: {
      probe: async (file, { signal }) => ((await isVhd(file, signal)) ? 100 : 0),
      open: async (file, context) => {
        if (context.snapshot !== null) throw new InvalidInputError('VHD images hold no snapshots: each is a file of its own');
        return VhdImage.open(file, context);
      },
    },
  },
});
