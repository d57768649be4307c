import { pathMatcher, type WalkOptions } from '@diskwright/sdk';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { directoryEntries, type DirectoryStart } from './directory';
import { type EntryNotes, isDirectory, type RawEntry } from './directoryEntries';
import type { FatVolume } from './fatTable';
import { listed } from './nodes';

/** A file or directory, and its path from where the walk began. */
export interface FoundEntry {
  entry: RawEntry;
  path: string;
  /** It comes a second time, since it cannot be read to its end: why. */
  damage?: string;
}

/** What a walk tells besides files. */
export interface WalkNotes {
  /** For the entries of a directory, which is named by its path and its first cluster. */
  entryNotes?(path: string, start: DirectoryStart, parent: DirectoryStart): EntryNotes;
  /** A directory that cannot be read, or not to its end; whoever listens gets no error thrown, nor an entry with damage. */
  onBroken?(path: string, error: DamagedStructureError | MediaError): void;
  /** A directory that was entered before, under another path. */
  onSeenBefore?(found: FoundEntry): void;
}

interface Pending {
  start: DirectoryStart;
  parent: DirectoryStart;
  path: string;
  /** Absent where the walk begins. */
  entry?: RawEntry;
}

/**
 * All below a directory, parents before children, a list for each piece read. One that is in the tree twice is listed twice and entered once.
 * A directory that cannot be read, or not to its end, hides no other.
 * @throws DamagedStructureError or MediaError where it is the one that the walk begins with; what `read` of the source throws
 */
export async function* walkEntries(
  volume: FatVolume,
  start: DirectoryStart,
  isRecursive: boolean,
  signal: AbortSignal,
  notes: WalkNotes = {},
): AsyncGenerator<FoundEntry[], void, undefined> {
  const pending: Pending[] = [{ start, parent: null, path: '' }];
  const entered = new Set<DirectoryStart>([start, volume.geometry.rootCluster]);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path: folder, start: within, parent } = next;
    const prefix = folder === '' ? '' : `${folder}/`;
    try {
      for await (const entries of directoryEntries(volume, within, signal, notes.entryNotes?.(folder, within, parent))) {
        signal.throwIfAborted();
        const found = entries.map((entry): FoundEntry => ({ entry, path: prefix + entry.name.text }));
        for (const { entry, path } of isRecursive ? found : []) {
          if (!isDirectory(entry)) continue;
          if (entered.has(entry.firstCluster)) notes.onSeenBefore?.({ entry, path });
          else pending.push({ start: entry.firstCluster, parent: within, path, entry });
          entered.add(entry.firstCluster);
        }
        yield found;
      }
    } catch (error) {
      if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
      if (notes.onBroken) notes.onBroken(folder, error);
      else if (next.entry) yield [{ entry: next.entry, path: folder, damage: error.message }];
      else throw error;
    }
  }
}

/** The same as entries. @throws as {@link walkEntries} */
export async function* walkTree(
  volume: FatVolume,
  start: DirectoryStart,
  { recursive, filter, metadata }: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const matches = pathMatcher(filter);
  for await (const found of walkEntries(volume, start, recursive, signal)) {
    yield found
      .filter(({ path }) => matches(path))
      .map(({ entry, path, damage }) => ({ ...listed(entry, path, metadata), ...(damage !== undefined && { damage }) }));
  }
}
