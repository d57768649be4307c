import type { FilePatch, FileRange, Mutation } from '@diskwright/sdk/testing';

/** An image that is mutated. */
export interface Subject {
  name: string;
  /** The files that it consists of, alone in a folder. */
  paths: readonly string[];
  /** Of its structures. */
  fields: readonly FileRange[];
  /**
   * Asks the plugin for all it tells about the image.
   * @param paths of the same files, under other names
   * @returns whether the damage was told, in an error or a finding
   * @throws what is no answer about the disk
   */
  ask(paths: readonly string[]): Promise<boolean>;
  /** See `mend` of a conformance; null where the author gave none. */
  mend: ((paths: readonly string[], mutation: Mutation) => Promise<FilePatch[]>) | null;
}
