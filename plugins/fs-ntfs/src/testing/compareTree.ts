import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemEntry, NodeType } from '@diskwright/sdk/protocol';
import { checkTables } from '@diskwright/sdk/testing';
import type { NtfsFilesystem } from '../ntfsFilesystem';
import { signal } from './openImage';

const PIECE_BYTES = 1024 * 1024;

/** What both readers tell of a file. */
export interface TreeItem {
  path: string;
  type: NodeType;
  size: number;
  links: number;
  /** Nanoseconds since 1970. */
  modified: string;
  /** SHA-256 of the content of a file, the target of a link. */
  content: string;
}

/** A tree as the driver shows it. Files of the system, which it hides, are not in it. */
export function treeOfDriver(folder: string, inside = ''): TreeItem[] {
  return readdirSync(join(folder, inside)).flatMap((name) => {
    const path = inside === '' ? name : `${inside}/${name}`;
    const state = lstatSync(join(folder, path), { bigint: true });
    const type = state.isDirectory() ? 'directory' : state.isSymbolicLink() ? 'symlink' : 'file';
    const content =
      type === 'file' ? hashOf(readFileSync(join(folder, path))) : type === 'symlink' ? readlinkSync(join(folder, path)) : '';
    const size = type === 'file' ? Number(state.size) : 0;
    const links = type === 'directory' ? 1 : Number(state.nlink);
    const item: TreeItem = { path, type, size, links, modified: String(state.mtimeNs), content };
    return type === 'directory' ? [item, ...treeOfDriver(folder, path)] : [item];
  });
}

/** The same tree as the provider shows it. */
export async function treeOfProvider(ntfs: NtfsFilesystem, entries: readonly FilesystemEntry[]): Promise<TreeItem[]> {
  const items: TreeItem[] = [];
  for (const { path, node, type, size, metadata } of entries) {
    if (path.startsWith('$')) continue;
    const content =
      type === 'file' ? await hashOfFile(ntfs, node) : type === 'symlink' ? await ntfs.files.readlink(node, signal) : '';
    const { seconds, nanoseconds } = metadata!.modified!;
    const modified = String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
    items.push({ path, type, size: type === 'file' ? size : 0, links: metadata!.links!, modified, content });
  }
  return items;
}

/** In an order that both have. */
export const sorted = (items: TreeItem[]): TreeItem[] => items.sort((a, b) => (a.path < b.path ? -1 : 1));

/** Everything that `walk` tells of the tree, the files of the system left out. */
export async function walked(ntfs: NtfsFilesystem): Promise<FilesystemEntry[]> {
  await checkTables(ntfs.files);
  const entries: FilesystemEntry[] = [];
  for await (const batch of ntfs.files.walkBatches(ntfs.files.root.node, { recursive: true, metadata: true }, signal))
    entries.push(...batch);
  return entries;
}

/** The same, by going from directory to directory. */
export async function listed(ntfs: NtfsFilesystem, node = ntfs.files.root.node, prefix = ''): Promise<FilesystemEntry[]> {
  const entries: FilesystemEntry[] = [];
  for await (const entry of ntfs.files.readdir(node, signal, { metadata: true })) {
    const path = prefix + entry.path;
    entries.push({ ...entry, path });
    if (entry.type === 'directory') entries.push(...(await listed(ntfs, entry.node, `${path}/`)));
  }
  return entries;
}

async function hashOfFile(ntfs: NtfsFilesystem, node: string): Promise<string> {
  const { size } = await ntfs.files.contentOf(node, undefined, signal);
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += PIECE_BYTES)
    hash.update(await ntfs.files.readContent(node, undefined, at, Math.min(PIECE_BYTES, size - at), signal));
  return hash.digest('hex');
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
