/** Disks that lie in several files, one part behind the other: `disk.001`, `disk.002` … or `disk.aa`, `disk.ab` … */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { nextPart, SplitImage } from './splitImage';

export default definePlugin({
  imageFormats: {
    split: {
      // A file that is named so and has no second part beside it is a disk, or something else, by itself.
      probe: async (_, context) => ((await nextPart(context.name, context)) ? 50 : 0),
      open: async (file, context) => {
        if (context.snapshot !== null) throw new InvalidInputError('disks in parts hold no snapshots');
        return SplitImage.open(file, context);
      },
    },
  },
});
