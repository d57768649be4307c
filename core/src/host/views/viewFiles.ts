import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { InstalledPlugin } from '../plugins';

/** What a page may be made of. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const MAX_FILES = 256;
const MAX_FILE_BYTES = 8 * 1024 * 1024;

export interface ViewFile {
  type: string;
  read(): Promise<Buffer>;
}

/** What the page of a view is made of: the files beside its entry and below, by their paths from there. */
export interface ViewFiles {
  /** The name of the page itself among them. */
  entry: string;
  files: ReadonlyMap<string, ViewFile>;
}

/**
 * Looks up once which files there are, so that no path that comes from a page is ever looked up on disk. Links are no files, wherever they lead.
 * @param entry as the manifest says, from the package's folder
 * @throws InvalidInputError when there are too many, or the entry is none of them
 */
export async function viewFiles({ id, folder }: InstalledPlugin, entry: string): Promise<ViewFiles> {
  const root = join(folder, dirname(entry));
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, ViewFile>();
  for (const file of found) {
    const type = TYPES[extname(file.name).toLowerCase()];
    if (!file.isFile() || type === undefined) continue;
    const path = join(file.parentPath, file.name);
    files.set(relative(root, path).split(sep).join('/'), { type, read: () => readBounded(path) });
  }
  const name = entry.slice(entry.lastIndexOf('/') + 1);
  if (files.size > MAX_FILES)
    throw new InvalidInputError(`the view of plugin ${id} has more than ${MAX_FILES} files`, {
      todo: 'Tell its author to keep what the page is made of in a folder of its own.',
    });
  if (!files.has(name))
    throw new InvalidInputError(`the page ${entry} of plugin ${id} is not there`, { todo: 'Install the plugin again.' });
  return { entry: name, files };
}

async function readBounded(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw new InvalidInputError(`${path} is larger than ${MAX_FILE_BYTES} bytes`);
  return readFile(path);
}
