import { pathMatcher, type WalkOptions } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { entriesOf } from './directoryEntries';
import { ENTRIES_TOGETHER, withInodes, type PlacedEntry } from './directoryListing';
import { EMPTY_DIRECTORY, isNode, nodeText, parseNode, type FileId } from './fileId';
import { isMissing } from '../trees/orNull';
import type { InodeTable } from './inodeTable';

/** Deeper than any path limit allows; a loop in damaged directories ends here. */
const MAX_DEPTH = 1024;
/** Directories whose entries are collected before their inodes are looked up. */
const DIRECTORIES_TOGETHER = 256;

/** A directory whose entries are still to be listed. */
interface Pending {
  id: FileId;
  prefix: string;
  depth: number;
  /** As it was listed; absent for the start. */
  entry?: FilesystemEntry;
}

/**
 * A tree with the subvolumes that hang in it, parents before children, paths relative to the start. The inodes that many directories name are looked for
 * together, in the order of their tree. A directory that cannot be read as a whole is told a second time, with its damage.
 * @throws DamagedStructureError when directories are nested too deep, or at the end, when the start is damaged; what `read` throws
 */
export async function* walkTree(
  table: InodeTable,
  start: FileId,
  options: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const lister = new Lister(table, options, signal, start);
  let damageOfStart: Error | null = null;
  while (lister.pending.length > 0) {
    const damaged: FilesystemEntry[] = [];
    for (const place of lister.pending.splice(-DIRECTORIES_TOGETHER).reverse()) {
      const damage = yield* lister.list(place);
      if (damage && place.entry) damaged.push({ ...place.entry, damage: damage.message });
      else if (damage) damageOfStart = damage;
    }
    yield await lister.flush();
    if (damaged.length > 0) yield damaged;
  }
  if (damageOfStart) throw damageOfStart;
}

/** Collects entries of several directories, and lists them with their inodes. */
class Lister {
  readonly pending: Pending[];
  private readonly matches: ((path: string) => boolean) | null;
  /** A damaged directory may hold itself, more than once. */
  private readonly seen: Set<string>;
  private entries: PlacedEntry[] = [];
  private places: Pending[] = [];

  constructor(
    private readonly table: InodeTable,
    private readonly options: WalkOptions,
    private readonly signal: AbortSignal,
    start: FileId,
  ) {
    this.matches = options.filter === undefined ? null : pathMatcher(options.filter);
    this.pending = [{ id: start, prefix: '', depth: 0 }];
    this.seen = new Set([nodeText(start)]);
  }

  /** Takes the names of a directory, and gives entries when there are many. @returns what is wrong with it, or null */
  async *list(place: Pending): AsyncGenerator<FilesystemEntry[], Error | null, undefined> {
    const { table, signal } = this;
    try {
      const { blocks } = await table.volume.open(signal);
      const root = await table.rootOf(place.id.tree, signal);
      for await (const entries of entriesOf(blocks, root, place.id.inode, signal)) {
        for (const entry of entries) {
          this.entries.push({ directory: place.id, entry });
          this.places.push(place);
        }
        if (this.entries.length >= ENTRIES_TOGETHER) yield await this.flush();
      }
      return null;
    } catch (error) {
      if (isMissing(error)) return error;
      throw error;
    }
  }

  /** The entries that were collected. */
  async flush(): Promise<FilesystemEntry[]> {
    const { entries, places } = this;
    this.entries = [];
    this.places = [];
    this.signal.throwIfAborted();
    const listed = await withInodes(this.table, entries, this.options.metadata ?? false, this.signal);
    for (const [index, entry] of listed.entries()) {
      const { prefix, depth } = places[index]!;
      entry.path = prefix + entry.path;
      if (this.options.recursive && entry.type === 'directory') this.descend(entry, depth + 1);
    }
    const { matches } = this;
    return matches ? listed.filter(({ path }) => matches(path)) : listed;
  }

  private descend(entry: FilesystemEntry, depth: number): void {
    if (!isNode(entry.node)) return;
    const id = parseNode(entry.node);
    if (id.inode === EMPTY_DIRECTORY || this.seen.has(entry.node)) return;
    if (depth > MAX_DEPTH)
      throw new DamagedStructureError(
        'directory',
        `directories are nested more than ${MAX_DEPTH} deep at ${entry.path.slice(0, 200)}`,
      );
    this.seen.add(entry.node);
    this.pending.push({ id, prefix: `${entry.path}/`, depth, entry: { ...entry } });
  }
}
