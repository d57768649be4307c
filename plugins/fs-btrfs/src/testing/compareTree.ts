import { createHash } from 'node:crypto';
import type { Filesystem } from '@diskwright/sdk';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { readContent, type TreeFile } from '@diskwright/sdk/testing';
import { EMPTY_DIRECTORY, parseNode } from '../files/fileId';
import { signal } from './openImage';

const PIECE_BYTES = 1024 * 1024;
const MOST_HASHED = 256 * 1024 * 1024;

/** The tree of a provider in the form of `kernelTree`, content read with `readContent` and, where all of it lies on the volume, by its segments as well. */
export async function btrfsTree(filesystem: Filesystem, image: string): Promise<Map<string, TreeFile>> {
  const files = new Map<string, TreeFile>();
  const pending = [{ node: filesystem.files!.root.node, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for await (const entry of filesystem.files!.readdir(next.node, signal, { metadata: true })) {
      const name = entry.rawName === undefined ? Buffer.from(entry.path) : Buffer.from(entry.rawName, 'base64');
      const path = `${next.path}/${name.toString('latin1')}`;
      // What the kernel makes up for a subvolume that a snapshot does not hold.
      if (parseNode(entry.node).inode !== EMPTY_DIRECTORY) files.set(path, await describe(filesystem, entry, image));
      if (entry.type === 'directory') pending.push({ node: entry.node, path });
    }
  }
  return files;
}

async function describe(filesystem: Filesystem, entry: FilesystemEntry, image: string): Promise<TreeFile> {
  const { type, node } = entry;
  const { mode, links, userId, groupId, target } = entry.metadata!;
  const isText = target !== undefined && !target.includes('\\x');
  return {
    type,
    size: type === 'directory' ? 0 : entry.size,
    mtime: entry.mtime!,
    inode: parseNode(node).inode,
    mode: mode!.toString(8).padStart(4, '0'),
    links: String(links),
    owner: `${userId}:${groupId}`,
    content:
      type === 'file'
        ? await hashOf(filesystem, entry, image)
        : type === 'symlink'
          ? (isText
              ? Buffer.from(target)
              : await filesystem.files!.readContent!(node, undefined, 0, entry.size, signal)
            ).toString('hex')
          : '',
  };
}

async function hashOf(filesystem: Filesystem, { node, size }: FilesystemEntry, image: string): Promise<string> {
  const hash = createHash('sha256');
  const hashed = Math.min(size, MOST_HASHED);
  for (let at = 0; at < hashed; at += PIECE_BYTES)
    hash.update(await filesystem.files!.readContent!(node, undefined, at, Math.min(PIECE_BYTES, hashed - at), signal));
  const digest = hash.digest('hex');
  const content = await filesystem.files!.contentOf!(node, undefined, signal);
  const segments = [];
  for await (const segment of content.segments) segments.push(segment);
  if (segments.some(({ kind }) => kind === 'served')) return digest;
  const bySegments = createHash('sha256');
  let left = MOST_HASHED;
  for await (const piece of readContent({ size, segments }, image)) {
    bySegments.update(piece.subarray(0, left));
    left -= Math.min(left, piece.length);
    if (left === 0) break;
  }
  return bySegments.digest('hex') === digest ? digest : `${digest}, but by its segments something else`;
}
