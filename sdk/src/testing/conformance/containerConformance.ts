import { createHash } from 'node:crypto';
import type { ByteRange, StructureField } from '../../protocol/types';
import { FileBytes } from '../fileBytes';
import type { AnyRecipe, FileRange, Mending } from './conformance';

/** How to make the members of a container with the format's own tools. */
export interface ContainerRecipe extends AnyRecipe {
  /** How many files are made and given together; 1 by default. The first is the one that is asked about. */
  members?: number;
  /** What opens it, where it is encrypted. */
  passphrase?: string;
  /**
   * Makes the members.
   * @param paths of the files to write, in a folder of their own, in which other files may be left for the oracle
   * @param seed of all random choices
   */
  make(paths: readonly string[], seed: number): void | Promise<void>;
}

/** A piece of a device's content. */
export interface ListedContent extends ByteRange {
  /** SHA-256, in hexadecimal. */
  sha256: string;
}

/** A device in a container as an oracle tells of it. What it cannot tell is left out, and is not compared. */
export interface ListedDevice {
  /** Bytes. */
  size?: number;
  /** Null: the container has none of its own. */
  sectorSize?: 512 | 4096 | null;
  /** What is read and compared; see {@link listedContent}. */
  contents?: readonly ListedContent[];
  /** It cannot be read, for a reason that is told in words like these. */
  unavailable?: RegExp;
}

/** All that an oracle tells of a container. */
export interface ContainerListing {
  /** By name, all of them. */
  devices: ReadonlyMap<string, ListedDevice>;
  /** As the description has them. */
  type?: string;
  label?: string | null;
  uuid?: string | null;
  /** What it has to warn of; of nothing else. */
  warnings?: readonly RegExp[];
  /** What is mutated: the fields of the container's own structures, of members of which the first is readable. See {@link memberFields}. */
  fields: readonly FileRange[];
}

/**
 * What a container is held against: members by the format's own tools, and what somebody else says of the devices in them. The default export of the
 * module that `diskwright.conformance` in package.json names; see {@link Conformance} for that of a filesystem.
 */
export interface ContainerConformance<R extends ContainerRecipe = ContainerRecipe> extends Mending<R> {
  /** Id of the container in the manifest. */
  container: string;
  /** Programs without which nothing can be made or compared. */
  tools: readonly string[];
  recipes: readonly R[];
  /** What the format's own tools, or whoever wrote them, say of the members. It must not change them. */
  oracle(paths: readonly string[], recipe: R, seed: number): ContainerListing | Promise<ContainerListing>;
}

/** For its types. */
export function defineContainerConformance<R extends ContainerRecipe>(
  conformance: ContainerConformance<R>,
): ContainerConformance<R> {
  return conformance;
}

/** What a device has from `offset` on. */
export function listedContent(bytes: Uint8Array, offset = 0): ListedContent {
  return { offset, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The fields of a structure, of bytes in a file, for {@link ContainerListing}: `layout` is one of `sdk/struct`. */
export function memberFields(
  paths: readonly string[],
  file: number,
  layout: { readonly size: number; describe(buffer: Buffer, offset: number, base: number): StructureField[] },
  offset: number,
): FileRange[] {
  const bytes = Buffer.alloc(layout.size);
  const base = new FileBytes(paths[file]!);
  try {
    base.copy(bytes, 0, offset, offset + bytes.length);
  } finally {
    base.close();
  }
  return leafFields(layout.describe(bytes, 0, offset)).map((range) => ({ file, ...range }));
}

/** The fields that have no parts, and some bytes. */
export function leafFields(fields: readonly StructureField[]): ByteRange[] {
  return fields.flatMap(({ offset, length, fields: inner }) => {
    if (inner && inner.length > 0) return leafFields(inner as StructureField[]);
    return length > 0 ? [{ offset, length }] : [];
  });
}
