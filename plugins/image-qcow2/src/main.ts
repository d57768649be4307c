/** QEMU's image format qcow2. */
import { definePlugin } from '@diskwright/sdk';
import { isQcow2 } from './header';
import { QcowImage } from './qcowImage';

export default definePlugin({
  imageFormats: {
    qcow2: {
      probe: async (file, { signal }) => ((await isQcow2(file, signal)) ? 100 : 0),
      open: (file, context) => QcowImage.open(file, context),
    },
  },
});
