import { pathMatcher, type WalkOptions } from '@diskwright/sdk';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { type DirectoryStart, directorySets } from './directory';
import { type DirectoryNotes, type EntrySet, isDirectory } from './entrySet';
import { listed } from './nodes';
import type { ExfatVolume } from './volume';

/** A file or directory, and its path from where the walk began. */
export interface FoundSet {
  set: EntrySet;
  path: string;
  /** It comes a second time, since it cannot be read to its end: why. */
  damage?: string;
}

/** What a walk tells besides files. */
export interface WalkNotes extends DirectoryNotes {
  /** A directory that cannot be read, or not to its end; whoever listens gets no error thrown, nor an entry with damage. */
  onBroken?(path: string, error: DamagedStructureError | MediaError): void;
  /** A directory that was entered before, under another path. */
  onSeenBefore?(found: FoundSet): void;
}

/**
 * All below a directory, parents before children, a list for each piece read. One that is in the tree twice is listed twice and entered once.
 * A directory that cannot be read, or not to its end, hides no other.
 * @throws DamagedStructureError or MediaError where it is the one that the walk begins with; what `read` of the source throws
 */
export async function* walkSets(
  volume: ExfatVolume,
  start: DirectoryStart,
  isRecursive: boolean,
  signal: AbortSignal,
  notes: WalkNotes = {},
): AsyncGenerator<FoundSet[], void, undefined> {
  const pending: { start: DirectoryStart; path: string; set?: EntrySet }[] = [{ start, path: '' }];
  const entered = new Set([volume.geometry.rootCluster, ...(start ? [start.firstCluster] : [])]);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const prefix = next.path === '' ? '' : `${next.path}/`;
    try {
      for await (const sets of directorySets(volume, next.start, signal, notes)) {
        signal.throwIfAborted();
        const found = sets.map((set): FoundSet => ({ set, path: prefix + set.name.text }));
        for (const { set, path } of isRecursive ? found : []) {
          if (!isDirectory(set) || set.size === 0) continue;
          if (entered.has(set.firstCluster)) notes.onSeenBefore?.({ set, path });
          else pending.push({ start: set, path, set });
          entered.add(set.firstCluster);
        }
        yield found;
      }
    } catch (error) {
      if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
      if (notes.onBroken) notes.onBroken(next.path, error);
      else if (next.set) yield [{ set: next.set, path: next.path, damage: error.message }];
      else throw error;
    }
  }
}

/** The same as entries. @throws as {@link walkSets} */
export async function* walkTree(
  volume: ExfatVolume,
  start: DirectoryStart,
  { recursive, filter, metadata }: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const matches = pathMatcher(filter);
  for await (const found of walkSets(volume, start, recursive, signal)) {
    yield found
      .filter(({ path }) => matches(path))
      .map(({ set, path, damage }) => ({ ...listed(set, path, metadata), ...(damage !== undefined && { damage }) }));
  }
}
