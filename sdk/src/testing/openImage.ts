import { basename, dirname, resolve } from 'node:path';
import type { BlockSource } from '../block/index';
import { InvalidInputError } from '../errors';
import type { ImageFormatProvider, OpenImage } from '../provider/index';
import { FileSource } from './fileSource';

/** An image that a test has opened; it closes it. */
export interface OpenedImage {
  image: OpenImage;
  close(): Promise<void>;
}

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/**
 * Opens an image with its provider as the runtime does, other files from its folder, without host and NBD.
 * @param file a path, or a source of one's own, which has no other files beside it
 * @throws what the provider throws; InvalidInputError when it does not take the file for its own
 */
export async function openImage(
  provider: ImageFormatProvider,
  file: string | BlockSource,
  snapshot: string | null = null,
): Promise<OpenedImage> {
  const files: FileSource[] = [];
  const open = async (path: string): Promise<BlockSource> => {
    const source = await FileSource.open(path);
    files.push(source);
    return source;
  };
  const close = async (): Promise<void> => {
    await Promise.all(files.map((each) => each.close()));
  };
  const context = { signal: new AbortController().signal, offset: 0, log: silent };
  const sibling = async (path: string): Promise<BlockSource> => {
    if (typeof file !== 'string') throw new InvalidInputError(`there is no file ${path}`);
    return open(resolve(dirname(file), path)).catch((error: NodeJS.ErrnoException) => {
      // As the host has it for those.
      throw error.code === 'ENOENT' ? new InvalidInputError(`there is no file ${path}`) : error;
    });
  };
  try {
    const source = typeof file === 'string' ? await open(file) : file;
    const name = typeof file === 'string' ? basename(file) : 'image';
    const imageContext = { ...context, name, snapshot, sibling };
    if ((await provider.probe(source, imageContext)) === 0) throw new InvalidInputError('it is no image of this format');
    const image = await provider.open(source, imageContext);
    return {
      image,
      close: async () => {
        await image.close?.();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
