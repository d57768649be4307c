import { DamagedStructureError, InvalidInputError, MediaError } from '../errors';
import type { FilesystemEntry, FilesystemNode } from '../protocol/types';
import {
  type FilesystemFiles,
  type ListOptions,
  pathMatcher,
  PendingDirectories,
  type PendingDirectory,
  type WalkOptions,
} from '../provider/index';

const DAMAGE = [DamagedStructureError, MediaError, InvalidInputError];

/** A provider's tree by its `readdir` alone, for providers without a `walk` of their own, and for those parts of it that theirs has no shorter way for. */
export async function* walkByReaddir(
  files: FilesystemFiles,
  start: string,
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry, void, undefined> {
  const list: ListDirectory = async function* (node, whole, listed) {
    for await (const entry of files.readdir(node, whole, listed)) yield [{ ...entry }];
  };
  for await (const entries of walkDirectories(list, start, options, signal)) yield* entries;
}

/** The entries of a directory, any number at once; they are the caller's to change. */
export type ListDirectory = (node: string, signal: AbortSignal, options: ListOptions) => AsyncIterable<FilesystemEntry[]>;

/**
 * A tree, directory by directory, parents before children: for a provider's `walkBatches`. A directory that cannot be read, or not to its end, comes again with
 * its damage; where it is the one that the walk begins with, that is thrown when all else is told.
 */
export async function* walkDirectories(
  list: ListDirectory,
  start: string,
  { recursive, filter, metadata }: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const matches = filter === undefined ? null : pathMatcher(filter);
  const pending = new PendingDirectories<string, PendingDirectory<string> & { entry?: FilesystemEntry }>({
    key: start,
    prefix: '',
    depth: 0,
  });
  let damageOfStart: unknown = null;
  for (let next = pending.take(); next; next = pending.take()) {
    const { key: node, prefix, depth, entry: directory } = next;
    try {
      for await (const entries of list(node, signal, { metadata })) {
        signal.throwIfAborted();
        for (const entry of entries) {
          entry.path = prefix + entry.path;
          if (!recursive || entry.type !== 'directory' || !pending.isNew(entry.node)) continue;
          pending.add({ key: entry.node, prefix: `${entry.path}/`, depth: depth + 1, entry: { ...entry } });
        }
        yield matches ? entries.filter(({ path }) => matches(path)) : entries;
      }
    } catch (error) {
      // One bad directory does not hide the others, nor does an entry that calls something a directory that is none.
      if (!DAMAGE.some((kind) => error instanceof kind)) throw error;
      if (directory) yield [{ ...directory, damage: (error as Error).message }];
      else damageOfStart = error;
    }
  }
  if (damageOfStart !== null) throw damageOfStart;
}

/** The node at an absolute path by `readdir` alone, for providers without a `lookup` of their own. */
export async function lookupByReaddir(files: FilesystemFiles, path: string, signal: AbortSignal): Promise<FilesystemNode | null> {
  let node: FilesystemNode = files.root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (node.type !== 'directory') return null;
    const entry = await findEntry(files, node.node, name, signal);
    if (!entry) return null;
    node = { node: entry.node, type: entry.type, size: entry.size, mtime: entry.mtime };
  }
  return node;
}

async function findEntry(
  files: FilesystemFiles,
  directory: string,
  name: string,
  signal: AbortSignal,
): Promise<FilesystemEntry | null> {
  for await (const entry of files.readdir(directory, signal)) {
    signal.throwIfAborted();
    if (entry.path === name) return entry;
  }
  return null;
}
