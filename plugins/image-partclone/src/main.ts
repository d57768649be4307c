/** Partclone's images of volumes, as Clonezilla makes them. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { isPartclone } from './header';
import { PartcloneImage } from './partcloneImage';

export default definePlugin({
  imageFormats: {
    partclone: {
      probe: async (file, { signal }) => ((await isPartclone(file, signal)) ? 100 : 0),
      open: async (file, { signal, snapshot }) => {
        if (snapshot !== null) throw new InvalidInputError('Partclone images hold no snapshots');
        return PartcloneImage.open(file, signal);
      },
    },
  },
});
