import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import type { FilesystemFiles } from '../provider/index';
import { checkTables } from './listedInTables';
import { readContent } from './readContent';

const { signal } = new AbortController();

/** What two readers of a tree must agree about, by the raw path. */
export interface TreeFile {
  type: string;
  /** 0 for directories, whose size tells nothing. */
  size: number;
  /** Milliseconds. */
  mtime: number;
  inode: number;
  mode: string;
  links: string;
  owner: string;
  /** SHA-256 of a file's content, a link's target in hexadecimal. */
  content: string;
}

const types: Record<number, string> = {
  0o1: 'fifo',
  0o2: 'characterDevice',
  0o4: 'directory',
  0o6: 'blockDevice',
  0o10: 'file',
  0o12: 'symlink',
};
/** Content of sparse giants is not hashed as a whole. */
const MOST_HASHED = 256 * 1024 * 1024;

/** A tree as the kernel shows it, with paths in latin1, so that each byte is a character. */
export function kernelTree(folder: string): Map<string, TreeFile> {
  const files = new Map<string, TreeFile>();
  const visit = (path: Buffer): void => {
    for (const name of readdirSync(path, { encoding: 'buffer' })) {
      const full = Buffer.concat([path, Buffer.from('/'), name]);
      const { mode, size, mtimeMs, ino, nlink, uid, gid } = lstatSync(full);
      const type = types[mode >>> 12]!;
      const content =
        type === 'file' ? hashFile(full, size) : type === 'symlink' ? readlinkSync(full, 'buffer').toString('hex') : '';
      files.set(full.subarray(folder.length).toString('latin1'), {
        type,
        size: type === 'directory' ? 0 : size,
        mtime: Math.floor(mtimeMs),
        inode: ino,
        mode: (mode & 0xfff).toString(8).padStart(4, '0'),
        links: String(nlink),
        owner: `${uid}:${gid}`,
        content,
      });
      if (type === 'directory') visit(full);
    }
  };
  visit(Buffer.from(folder));
  return files;
}

function hashFile(path: Buffer, size: number): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < Math.min(size, MOST_HASHED);) {
    const count = readSync(file, bytes, 0, Math.min(bytes.length, MOST_HASHED - at), at);
    hash.update(bytes.subarray(0, count));
    at += count;
  }
  closeSync(file);
  return hash.digest('hex');
}

/** The same tree as the provider shows it. */
export async function providerTree(files: FilesystemFiles, image: string): Promise<Map<string, TreeFile>> {
  if (files.walkTables) await checkTables(files);
  const found = new Map<string, TreeFile>();
  const pending = [{ node: files.root.node, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for await (const entry of files.readdir(next.node, signal)) {
      const name = entry.rawName === undefined ? Buffer.from(entry.path) : Buffer.from(entry.rawName, 'base64');
      const path = `${next.path}/${name.toString('latin1')}`;
      const details = new Map((await files.stat!(entry.node, signal)).details);
      const { type } = entry;
      found.set(path, {
        type,
        size: type === 'directory' ? 0 : entry.size,
        mtime: entry.mtime!,
        inode: Number(entry.node),
        mode: details.get('mode')!.slice(0, 4),
        links: details.get('links')!,
        owner: details.get('owner')!,
        content: type === 'file' || type === 'symlink' ? await contentText(files, entry.node, image, type) : '',
      });
      if (type === 'directory') pending.push({ node: entry.node, path });
    }
  }
  return found;
}

async function contentText(files: FilesystemFiles, node: string, image: string, type: 'file' | 'symlink'): Promise<string> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let left = MOST_HASHED;
  for await (const piece of readContent(await files.contentOf!(node, undefined, signal), image)) {
    const wanted = piece.subarray(0, left);
    left -= wanted.length;
    hash.update(wanted);
    if (type === 'symlink') pieces.push(Buffer.from(wanted));
    if (left === 0) break;
  }
  return type === 'symlink' ? Buffer.concat(pieces).toString('hex') : hash.digest('hex');
}
