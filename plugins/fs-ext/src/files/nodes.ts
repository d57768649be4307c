import type { FilesystemNode, NodeMetadata } from '@diskwright/sdk/protocol';
import { deviceNumber } from './deviceNumber';
import { hasAttributes } from './attributes';
import type { InodeRecord } from './inodeRecord';

/** An inode as a node of the tree. */
export function nodeOf(inode: InodeRecord, withMetadata = false): FilesystemNode {
  const node = { node: String(inode.number), type: inode.type, size: inode.size, mtime: inode.modified };
  return withMetadata ? { ...node, metadata: metadataOf(inode) } : node;
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
    ...(isDevice && { device: deviceNumber(inode) }),
    hasStreams: hasAttributes(inode),
  };
}
