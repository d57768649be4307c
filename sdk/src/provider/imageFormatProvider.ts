import type { BlockSource } from '../block/index';
import type { ServedNode } from '../nbd/index';
import type { ImageInfo } from '../protocol/types';
import type { ProviderContext } from './common';

/**
 * Reads files that hold a disk in some other form than its sectors one after the other; listed in the manifest under
 * `contributes.imageFormats` by the same id. What it opens is a device like any other, read-only: nobody reads the file but for it.
 */
export interface ImageFormatProvider {
  /** How sure it is that the file is its own, 0 … 100. Bytes that make no sense are a 0, not an exception. */
  probe(file: BlockSource, context: ImageContext): Promise<number>;
  /**
   * Opens the disk that the file holds. `file` has the file's exact size, need not end with a sector, and is read past all caches.
   * @throws DamagedStructureError, NotSupportedError naming the feature, RefusedError for what must not be read without a secret
   */
  open(file: BlockSource, context: ImageContext): Promise<OpenImage>;
}

export interface ImageContext extends ProviderContext {
  /** The file's name, without its folder. */
  readonly name: string;
  /** The snapshot that is asked for, by name or id; null: the disk as it is now. @throws InvalidInputError when there is none such */
  readonly snapshot: string | null;
  /**
   * Another file that the image needs, by the path that the image names, relative to the image or absolute. Open until the image is closed.
   * @throws RefusedError when it does not lie in the image's folder (symbolic links that lead out included), InvalidInputError when it does not exist, or is no image of the type that
   * it has to be
   */
  sibling(path: string, options?: SiblingOptions): Promise<BlockSource>;
}

export interface SiblingOptions {
  /** What that file holds, where it is an image itself, of any format: a part of a disk that is kept compressed. */
  content?: boolean;
  /** With `content`: the type that the image has to be of, as {@link ImageDescription} names it. */
  type?: string;
}

/** What is told of an image. */
export type ImageDescription = Pick<
  ImageInfo,
  'type' | 'sectorSize' | 'details' | 'warnings' | 'snapshots' | 'wraps' | 'sequential'
>;

/** An open image. `size` is the disk's; a damaged part of it fails with DamagedStructureError when it is read, and the rest can be read on. */
export interface OpenImage extends ServedNode {
  describe(): ImageDescription;
  /** Frees what it holds; called once. The file and its siblings are closed by the runtime. */
  close?(): Promise<void>;
}
