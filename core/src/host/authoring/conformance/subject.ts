import type { ByteRange } from '@diskwright/sdk/protocol';
import type { FilePatch } from '@diskwright/sdk/testing';

/** A field of a structure, in one of the files of an image. */
export interface MutatedField extends ByteRange {
  /** Its place among the paths. */
  file: number;
}

/** An image that is mutated. */
export interface Subject {
  name: string;
  /** The files that it consists of, alone in a folder. */
  paths: readonly string[];
  fields: readonly MutatedField[];
  /**
   * Asks the plugin for all it tells about the image.
   * @param paths of the same files, under other names
   * @returns whether the damage was told, in an error or a finding
   * @throws what is no answer about the disk
   */
  ask(paths: readonly string[]): Promise<boolean>;
  /** See `mend` of a conformance; null where the author gave none. */
  mend: ((paths: readonly string[], checksums: boolean) => Promise<FilePatch[]>) | null;
}
