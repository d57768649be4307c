/** Hyper-V's image format VHDX. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isVhdx } from './header';
import { VhdxImage } from './vhdxImage';

export default definePlugin({
  imageFormats: {
    vhdx: {
      probe: async (file, { signal }) => ((await isVhdx(file, signal)) ? 100 : 0),
      open: async (file, context) => {
        if (context.snapshot !== null) throw new InvalidInputError('VHDX images hold no snapshots: each is a file of its own');
        return VhdxImage.open(file, context);
      },
    },
  },
});
