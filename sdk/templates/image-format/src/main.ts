/** A plugin that opens an image format: what an image holds becomes a device like any other. The magic bytes stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { readHeader } from './header';
import { ExampleImage } from './image';

export default definePlugin({
  imageFormats: {
    'example-name': {
      probe: async (file, { signal }) => ((await readHeader(file, signal)) ? 90 : 0),
      open: async (file, { signal, snapshot }) => {
        if (snapshot !== null) throw new InvalidInputError('these images hold no snapshots');
        return ExampleImage.open(file, signal);
      },
    },
  },
});
