import type { NodeType } from '../../protocol/types';

/** What has to be known of an inode to find its names. */
export interface TreeInode {
  readonly number: number;
  readonly type: NodeType;
  /** How many names it has. */
  readonly links: number;
}

/** A name in a directory. */
export interface DirectoryName {
  inode: number;
  text: string;
  /** The bytes of the name. */
  raw: Buffer;
  /** Whether `text` says all of `raw`. */
  isText: boolean;
}

/** A filesystem of inodes and directories, without a way from an inode to the directories that name it. */
export interface DirectoryTree<Inode extends TreeInode> {
  readonly rootInode: number;
  /** By number; what does not exist is left out. */
  readMany(numbers: Iterable<number>, signal: AbortSignal): Promise<Map<number, Inode>>;
  /** All inodes in use, in pieces; those that lie near an inode first. */
  scan(nearInode: number, signal: AbortSignal): AsyncIterable<Inode[]>;
  /** The names in a directory, without `.` and `..`, as far as they make sense. */
  namesIn(directory: Inode, signal: AbortSignal): AsyncIterable<DirectoryName>;
  /** The inode that `..` of a directory names; null when it names none. */
  parentOf(directory: Inode, signal: AbortSignal): Promise<number | null>;
  /** What an inode is that no directory names since the filesystem needs it itself, in words; undefined for all others. */
  specialName(inode: Inode): string | undefined;
}
