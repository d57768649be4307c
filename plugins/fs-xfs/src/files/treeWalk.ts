import { pathMatcher, type WalkOptions } from '@diskwright/sdk';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { rawEntries, type RawEntry } from './directoryEntries';
import { entryOf } from './directoryListing';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';

/** Deeper than any path limit allows; a loop in damaged directories ends here. */
const MAX_DEPTH = 1024;
/** Directories that are read at once, and the entries of theirs whose inodes are: bounds what is in memory. */
const DIRECTORIES_TOGETHER = 256;
const ENTRIES_TOGETHER = 32_768;

/** A directory whose entries are still to be listed. */
interface Pending {
  node: number;
  prefix: string;
  depth: number;
  /** As it was listed; absent for the start. */
  entry?: FilesystemEntry;
}

/**
 * A tree, parents before children, paths relative to the start. Many directories are read at once, and the inodes that they name by few large requests:
 * one directory after the other would mean a wait for each. A directory that cannot be read as a whole is told a second time, with its damage.
 * @throws DamagedStructureError when directories are nested too deep, or at the end, when the start is damaged; what `read` throws
 */
export async function* walkTree(
  table: InodeTable,
  start: number,
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const lister = new Lister(table, options, signal, start);
  let damageOfStart: Error | null = null;
  while (lister.pending.length > 0) {
    const together = lister.pending.splice(-DIRECTORIES_TOGETHER).reverse();
    const directories = await table.readMany(
      together.map(({ node }) => node),
      signal,
    );
    const damaged: FilesystemEntry[] = [];
    for (const place of together) {
      const directory = directories.get(place.node);
      const damage = directory ? yield* lister.list(directory, place) : new DamagedStructureError('XFS inode', LOST_INODE);
      if (damage && place.entry) damaged.push({ ...place.entry, damage: damage.message });
      else if (damage) damageOfStart = damage;
    }
    yield await lister.flush();
    if (damaged.length > 0) yield damaged;
  }
  if (damageOfStart) throw damageOfStart;
}

const LOST_INODE = 'its inode cannot be read';

/** Collects entries of several directories, and lists them with their inodes. */
class Lister {
  readonly pending: Pending[];
  private readonly matches: (path: string) => boolean;
  /** A damaged directory may hold itself, more than once. */
  private readonly seen: Set<number>;
  private entries: RawEntry[] = [];
  private places: Pending[] = [];

  constructor(
    private readonly table: InodeTable,
    private readonly options: WalkOptions,
    private readonly signal: AbortSignal,
    start: number,
  ) {
    this.matches = pathMatcher(options.filter);
    this.pending = [{ node: start, prefix: '', depth: 0 }];
    this.seen = new Set([start]);
  }

  /** Takes the names of a directory, and gives entries when there are many. @returns what is wrong with it, or null */
  async *list(directory: InodeRecord, place: Pending): AsyncGenerator<FilesystemEntry[], Error | null, undefined> {
    let damage: Error | null = null;
    try {
      for await (const entries of rawEntries(this.table.volume, directory, this.signal, (error) => (damage ??= error))) {
        for (const entry of entries) {
          this.entries.push(entry);
          this.places.push(place);
        }
        if (this.entries.length >= ENTRIES_TOGETHER) yield await this.flush();
      }
      return damage;
    } catch (error) {
      if (error instanceof DamagedStructureError || error instanceof MediaError) return error;
      throw error;
    }
  }

  /** The entries that were collected. */
  async flush(): Promise<FilesystemEntry[]> {
    const { entries, places } = this;
    this.entries = [];
    this.places = [];
    this.signal.throwIfAborted();
    const inodes = await this.table.readMany(
      entries.map(({ inode }) => inode),
      this.signal,
    );
    const listed: FilesystemEntry[] = [];
    for (const [index, raw] of entries.entries()) {
      const entry = entryOf(raw, inodes.get(raw.inode), this.options.metadata);
      const { prefix, depth } = places[index]!;
      entry.path = prefix + entry.path;
      if (this.matches(entry.path)) listed.push(entry);
      if (this.options.recursive && entry.type === 'directory') this.descend(raw.inode, entry, depth + 1);
    }
    return listed;
  }

  private descend(node: number, entry: FilesystemEntry, depth: number): void {
    if (this.seen.has(node)) return;
    if (depth > MAX_DEPTH)
      throw new DamagedStructureError(
        'directory',
        `directories are nested more than ${MAX_DEPTH} deep at ${entry.path.slice(0, 200)}`,
      );
    this.seen.add(node);
    this.pending.push({ node, prefix: `${entry.path}/`, depth, entry: { ...entry } });
  }
}
