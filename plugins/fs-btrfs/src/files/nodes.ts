import type { FilesystemNode, NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import { EMPTY_DIRECTORY, nodeText } from './fileId';
import type { InodeRecord } from './inodeRecord';

/** What directories call the types of files (`BTRFS_FT_REG_FILE` and on). */
const fileTypes: (NodeType | undefined)[] = [
  undefined,
  'file',
  'directory',
  'characterDevice',
  'blockDevice',
  'fifo',
  'socket',
  'symlink',
];

/** What stands behind an inode in its tree, as far as a listing shows it. */
export interface InodeExtras {
  hasStreams: boolean;
  /** Of a symbolic link. */
  target?: string;
}

/** An inode as a node of the tree. */
export function nodeOf(record: InodeRecord, extras?: InodeExtras): FilesystemNode {
  const node = { node: nodeText(record), type: record.type, size: record.size, mtime: record.modified };
  return extras ? { ...node, metadata: metadataOf(record, extras) } : node;
}

/** A node whose inode cannot be read: all that is known of it stands in its directory. */
export function lostNode(tree: number, inode: number, fileType: number): FilesystemNode {
  return { node: nodeText({ tree, inode }), type: fileTypes[fileType & 0x7f] ?? 'other', size: 0, mtime: null };
}

/** The empty directory where a subvolume was when the one around it was taken as a snapshot. */
export function emptyDirectory(tree: number): FilesystemNode {
  return { node: nodeText({ tree, inode: EMPTY_DIRECTORY }), type: 'directory', size: 0, mtime: null };
}

function metadataOf(record: InodeRecord, { hasStreams, target }: InodeExtras): NodeMetadata {
  const isDevice = record.type === 'blockDevice' || record.type === 'characterDevice';
  return {
    mode: record.mode & 0o7777,
    userId: record.userId,
    groupId: record.groupId,
    links: record.links,
    modified: record.time('modified'),
    changed: record.time('changed'),
    accessed: record.time('accessed'),
    created: record.time('created'),
    ...(isDevice && { device: record.device }),
    ...(target !== undefined && { target }),
    hasStreams,
  };
}
