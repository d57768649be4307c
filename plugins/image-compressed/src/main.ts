/** Disks and images that are compressed as a whole. */
import { definePlugin, type ImageFormatProvider } from '@diskwright/sdk';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { CompressedImage } from './compressedImage';
import { type Method, METHODS } from './methods';

function provider(method: Method): ImageFormatProvider {
  const { mark } = method;
  return {
    probe: async (file, { signal }) =>
      file.size >= mark.length && (await file.read(0, mark.length, signal)).equals(mark) ? 100 : 0,
    open: async (file, { signal, snapshot }) => {
      if (snapshot !== null) throw new InvalidInputError('snapshots of images that are compressed as a whole cannot be opened');
      return CompressedImage.open(file, method, signal);
    },
  };
}

export default definePlugin({
  imageFormats: Object.fromEntries(METHODS.map((method) => [method.id, provider(method)])),
});
