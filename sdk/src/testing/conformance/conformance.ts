import type { ByteRange } from '../../protocol/types';
import type { Listing } from './listing';

/** What every recipe says. */
export interface AnyRecipe {
  /** What is special about it: `blocks of 64 KiB, full`. */
  name: string;
  /** Programs that it needs beside those that all of them need. */
  tools?: readonly string[];
  /** It mounts, or makes device files. */
  needsRoot?: boolean;
  /** It takes minutes or gigabytes: made only where that is asked for. */
  isLong?: boolean;
  /** Of the device that the image stands for; 512 by default. */
  sectorSize?: 512 | 4096;
}

/** How to make an image of a filesystem with the format's own tools. */
export interface Recipe extends AnyRecipe {
  /** Where the allocation must not be held against a copy: the image is too large for that. */
  isNotCopied?: boolean;
  /**
   * Makes the image.
   * @param path of the file to write, in a folder of its own, in which other files may be left for the oracle
   * @param seed of all random choices
   */
  make(path: string, seed: number): void | Promise<void>;
}

/** Bytes to be written into one of the files of an image. */
export interface FilePatch {
  /** As in {@link FileRange}. */
  file: number;
  offset: number;
  bytes: Uint8Array;
}

/** How an image was mutated. */
export interface Mutation {
  /** Whether its checksums are to be put right. */
  checksums: boolean;
  /** Where bytes were changed, in pages of 4096. */
  changed: readonly FileRange[];
}

/** A range in one of the files of an image. */
export interface FileRange extends ByteRange {
  /** Its place among the paths of the image; 0 where it is one file. */
  file: number;
}

/** Of images that are mutated. */
export interface Mending<R extends AnyRecipe> {
  /**
   * What of a mutated image is not left to chance: mostly its checksums, so that mutations get behind them, and always what asks for work that is no bug, as a
   * key derivation does. Where a structure makes no sense any more, it is left as it is.
   * @param paths of the image's files, as they are mutated
   */
  mend?(paths: readonly string[], recipe: R, mutation: Mutation): readonly FilePatch[] | Promise<readonly FilePatch[]>;
}

/**
 * What a filesystem is held against: images by the format's own tools, and what somebody else's reader says of them. The default export of the module
 * that `diskwright.conformance` in package.json names; `diskwright plugin test FOLDER` runs it, and so may the plugin's own tests, by `checkRecipe`.
 */
export interface Conformance<R extends Recipe = Recipe> extends Mending<R> {
  /** Id of the filesystem in the manifest. */
  filesystem: string;
  /** Programs without which nothing can be made or compared. */
  tools: readonly string[];
  recipes: readonly R[];
  /** What the format's own tools, or the kernel, say of an image. It must not change it. */
  oracle(path: string, recipe: R, seed: number): Listing | Promise<Listing>;
  /**
   * Lets the format's own checker judge a copy of just what the provider calls used, with rubbish in the other places.
   * @throws Error with what it says, where it does not like the copy as well as the image
   */
  judgeCopy?(copy: string, image: string, recipe: R): void | Promise<void>;
}

/** For its types. */
export function defineConformance<R extends Recipe>(conformance: Conformance<R>): Conformance<R> {
  return conformance;
}
