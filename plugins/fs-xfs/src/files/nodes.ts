import type { FilesystemNode, NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import type { InodeRecord } from './inodeRecord';

/** What directories call the types of files (`XFS_DIR3_FT_REG_FILE` and on). */
const fileTypes: (NodeType | undefined)[] = [
  undefined,
  'file',
  'directory',
  'characterDevice',
  'blockDevice',
  'fifo',
  'socket',
  'symlink',
  'other',
];

/** An inode as a node of the tree. */
export function nodeOf(inode: InodeRecord, withMetadata = false): FilesystemNode {
  const node = { node: String(inode.number), type: inode.type, size: inode.size, mtime: inode.modified };
  return withMetadata ? { ...node, metadata: metadataOf(inode) } : node;
}

/** A node whose inode cannot be read: all that is known of it stands in its directory. */
export function lostNode(number: number, fileType: number): FilesystemNode {
  return { node: String(number), type: fileTypes[fileType] ?? 'other', size: 0, mtime: null };
}

/** All but the target of a symbolic link, which may have to be read. */
function metadataOf(inode: InodeRecord): NodeMetadata {
  const created = inode.time('creation');
  const isDevice = inode.type === 'blockDevice' || inode.type === 'characterDevice';
  return {
    mode: inode.mode & 0o7777,
    userId: inode.uid,
    groupId: inode.gid,
    links: inode.links,
    modified: inode.time('modification')!,
    changed: inode.time('change')!,
    accessed: inode.time('access')!,
    ...(created && { created }),
    ...(isDevice && { device: inode.device }),
    hasStreams: inode.attributeFork !== null,
  };
}
