/** A plugin that opens Parallels images. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isParallels } from './header';
import { ParallelsImage } from './parallelsImage';

export default definePlugin({
  imageFormats: {
    parallels: {
      probe: async (file, { signal }) => ((await isParallels(file, signal)) ? 100 : 0),
      open: async (file, { signal, snapshot }) => {
        if (snapshot !== null) throw new InvalidInputError('snapshots of Parallels images are files of their own');
        return ParallelsImage.open(file, signal);
      },
    },
  },
});
