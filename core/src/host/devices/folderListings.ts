import { lstat, opendir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import { abortable, throwIfCancelled } from '../../common/flow/abortable';
import { Turns } from '../../common/flow/turns';
import type { WorkbenchResult } from '../../common/workbench';
import { reasonOf } from '../systemError';

type FolderListing = WorkbenchResult<'files/list'>;
type Entry = FolderListing['entries'][number];

const MAX_ENTRIES = 10_000;
/** Read in the order of the folder before they are sorted; of a folder with more, the rest stays unseen. */
const MAX_READ = 50_000;
const STAT_AT_ONCE = 64;
const PATIENCE_MILLISECONDS = 5_000;
/** Each may hold fifty thousand names. */
const LISTED_AT_ONCE = 4;

/** What lies in folders, for choosing an image. */
export class FolderListings {
  private readonly turns = new Turns(LISTED_AT_ONCE);

  /**
   * Folders first, then by name, hidden ones last.
   * @throws FailedError when it cannot be read, or does not answer; CancelledError
   */
  list(folder: string, signal?: AbortSignal): Promise<FolderListing> {
    return this.turns.run(() => listInTime(resolve(folder), signal), signal);
  }
}

async function listInTime(path: string, signal?: AbortSignal): Promise<FolderListing> {
  const late = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const stop = signal ? AbortSignal.any([signal, late]) : late;
  try {
    return await abortable(listNow(path, stop), stop);
  } catch (error) {
    if (!late.aborted || signal?.aborted) throw error;
    throw new FailedError(`${path} does not answer`, { todo: 'Choose another folder.' });
  }
}

async function listNow(path: string, signal: AbortSignal): Promise<FolderListing> {
  try {
    const names: string[] = [];
    let truncated = false;
    for await (const { name } of await opendir(path)) {
      throwIfCancelled(signal);
      truncated = names.length === MAX_READ;
      if (truncated) break;
      names.push(name);
    }
    const entries: Entry[] = [];
    for (let index = 0; index < names.length; index += STAT_AT_ONCE) {
      throwIfCancelled(signal);
      entries.push(...(await Promise.all(names.slice(index, index + STAT_AT_ONCE).map((name) => describe(path, name)))));
    }
    entries.sort(inOrder);
    const parent = dirname(path) === path ? null : dirname(path);
    return { folder: path, parent, entries: entries.slice(0, MAX_ENTRIES), truncated: truncated || entries.length > MAX_ENTRIES };
  } catch (error) {
    if (signal.aborted) throw error;
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
