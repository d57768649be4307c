import type { ExtentList } from '../../extents/index';
import type { ByteRange, NodeType } from '../../protocol/types';

/** Seconds since 1970 in UTC, and nanoseconds where the oracle tells them; null where the filesystem records no such time. */
export type ListedTime = readonly [seconds: number, nanoseconds?: number] | null;

/** A file as an oracle tells of it. What it cannot tell is left out, and is not compared. */
export interface ListedFile {
  type?: NodeType;
  /** Bytes. Left out of directories, as a rule: each reader has a size of its own for them. */
  size?: number;
  modified?: ListedTime;
  accessed?: ListedTime;
  created?: ListedTime;
  /** POSIX permissions with set-id and sticky bits. */
  mode?: number;
  /** Ids of user and group. */
  owner?: readonly [user: number, group: number];
  /** How many names it has. */
  links?: number;
  /** Number of the inode, record or whatever it is that the provider names nodes by. */
  node?: string;
  /** Of a symbolic link, as {@link listedName} has it. */
  target?: string;
  /** Of a device. */
  device?: readonly [major: number, minor: number];
  /** In words, in any order, such as `hidden`. */
  attributes?: readonly string[];
  /** Extended attributes or named streams, all of them, by name; values in hexadecimal. */
  streams?: Readonly<Record<string, string>>;
  /** As {@link hashContent} makes it. */
  content?: string;
  /** On the volume, in the order of the file. */
  extents?: readonly ByteRange[];
}

/** All that an oracle tells of a volume, in the one form in which it is compared with what a provider tells. */
export interface Listing {
  /** By path without a leading `/`, its names as {@link listedName} has them; all of the volume, the root left out. */
  files: ReadonlyMap<string, ListedFile>;
  /** Paths that the provider may tell though the oracle does not: system files that it hides. They are not compared. */
  hidden?: RegExp;
  /** What is used for certain: the provider may call more used, never less. */
  allocated?: ExtentList;
  /** How many bytes more. Absent: any number. */
  mostMore?: number;
  /** As `info` has them. */
  type?: string;
  label?: string | null;
  uuid?: string | null;
  features?: readonly string[];
  size?: number;
  used?: number;
  /** Codes of findings that `check` may have of it though it is sound, such as a counter that the tool leaves wrong. */
  findings?: readonly string[];
}

/**
 * A name in the form in which names are compared: its text, or the bytes that no text can hold as `base64:…`.
 * @param bytes as the filesystem keeps it, in UTF-8
 */
export function listedName(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
}
