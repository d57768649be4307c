import { lstat, opendir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import type { WorkbenchResult } from '../../common/workbench';
import { reasonOf } from '../systemError';
import { within } from './within';

type FolderListing = WorkbenchResult<'files/list'>;
type Entry = FolderListing['entries'][number];

const MAX_ENTRIES = 10_000;
/** Read in the order of the folder before they are sorted; of a folder with more, the rest stays unseen. */
const MAX_READ = 50_000;
const STAT_AT_ONCE = 64;
const PATIENCE_MILLISECONDS = 5_000;

/**
 * What lies in a folder, for choosing an image: folders first, then by name, hidden ones last.
 * @throws FailedError when it cannot be read, or does not answer
 */
export async function listFolder(folder: string, signal?: AbortSignal): Promise<FolderListing> {
  const path = resolve(folder);
  const late = new FailedError(`${path} does not answer`, { todo: 'Choose another folder.' });
  const listing = await within(PATIENCE_MILLISECONDS, listNow(path, signal), late);
  if (listing instanceof FailedError) throw listing;
  return listing;
}

async function listNow(path: string, signal?: AbortSignal): Promise<FolderListing> {
  try {
    const names: string[] = [];
    let truncated = false;
    for await (const { name } of await opendir(path)) {
      signal?.throwIfAborted();
      truncated = names.length === MAX_READ;
      if (truncated) break;
      names.push(name);
    }
    const entries: Entry[] = [];
    for (let index = 0; index < names.length; index += STAT_AT_ONCE) {
      signal?.throwIfAborted();
      entries.push(...(await Promise.all(names.slice(index, index + STAT_AT_ONCE).map((name) => describe(path, name)))));
    }
    entries.sort(inOrder);
    const parent = dirname(path) === path ? null : dirname(path);
    return { folder: path, parent, entries: entries.slice(0, MAX_ENTRIES), truncated: truncated || entries.length > MAX_ENTRIES };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new FailedError(`${path} cannot be listed: ${reasonOf(error)}`, { todo: 'Choose another folder.' });
  }
}

/** Links count as what they lead to; those that lead nowhere are listed as something else. */
async function describe(folder: string, name: string): Promise<Entry> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => lstat(path).catch(() => null));
  const kind = found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : found?.isBlockDevice() ? 'device' : 'other';
  return { name, kind, size: kind === 'file' ? found!.size : 0 };
}

function inOrder(a: Entry, b: Entry): number {
  return rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}

const rank = ({ name, kind }: Entry): number => (name.startsWith('.') ? 2 : 0) + (kind === 'folder' ? 0 : 1);
