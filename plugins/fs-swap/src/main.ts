/** Swap areas of Linux. */
import { definePlugin } from '@diskwright/sdk';
import { readSwapArea } from './swapArea';
import { SwapFilesystem } from './swapFilesystem';

export default definePlugin({
  filesystems: {
    swap: {
      probe: async (source, context) => ((await readSwapArea(source, context.signal)) ? 90 : 0),
      open: (source, context) => SwapFilesystem.open(source, context.signal),
    },
  },
});
