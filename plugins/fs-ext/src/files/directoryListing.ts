import type { ListOptions } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { InodeFlag } from '../structures/inode';
import { type DirectoryPiece, directoryPieces, entriesIn, type RawEntry } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';
import { nameOf, type TextName } from '@diskwright/sdk/files';
import { encryptedNameOf } from './encryptedName';
import { nodeOf } from './nodes';

/**
 * Entries whose inodes are read together: a hashed directory has them in no order, so that those of a few blocks lie everywhere in the tables. Bounds what
 * is in memory.
 */
const BATCH_ENTRIES = 32_768;

/** Stands in a name that is no UTF-8, or may stand in one that is none. */
const DOUBTFUL = /[\ufffd/\0]/;

/** How a directory's names are to be shown. */
export function namesIn(directory: InodeRecord): (entry: RawEntry) => TextName {
  if (directory.hasFlag(InodeFlag.ENCRYPT)) return ({ name }) => encryptedNameOf(name);
  return (entry) => {
    const { text } = entry;
    return DOUBTFUL.test(text) ? nameOf(entry.name) : { text };
  };
}

/**
 * The entries of a directory in the order of the disk, many at once, without `.` and `..`. What makes no sense in a block ends that block; entries that lead to no inode
 * are listed as `other`. `check` tells of both.
 * @param tellsDamage whether such a block is told of, when all that makes sense is listed
 * @throws DamagedStructureError when the directory's map makes no sense, or for such a block; what `read` throws
 */
export async function* listInBatches(
  table: InodeTable,
  directory: InodeRecord,
  signal: AbortSignal,
  options: ListOptions = {},
  tellsDamage = false,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  let batch: RawEntry[] = [];
  let damage: DamagedStructureError | null = null;
  for await (const piece of directoryPieces(table, directory, signal)) {
    const damageOfPiece = addEntries(batch, piece, table);
    damage ??= damageOfPiece;
    if (batch.length < BATCH_ENTRIES) continue;
    yield withInodes(table, directory, batch, signal, options);
    batch = [];
  }
  yield withInodes(table, directory, batch, signal, options);
  if (damage && tellsDamage) throw damage;
}

/** The node of a name in a directory; null when it has none such. A directory that ignores case is asked for the exact name first. */
export async function findInDirectory(
  table: InodeTable,
  directory: InodeRecord,
  name: string,
  signal: AbortSignal,
): Promise<number | null> {
  const show = namesIn(directory);
  const ignoresCase = directory.hasFlag(InodeFlag.CASEFOLD);
  const wanted = folded(name);
  let similar: number | null = null;
  for await (const entry of rawEntries(table, directory, signal)) {
    const { text, raw } = show(entry);
    // A name that really is written so goes before one whose bytes are shown so.
    if (text === name && !raw) return entry.inode;
    if (text === name || (ignoresCase && folded(text) === wanted)) similar ??= entry.inode;
  }
  return similar;
}

/** All entries but `.` and `..`, as far as they make sense. */
export async function* rawEntries(
  table: InodeTable,
  directory: InodeRecord,
  signal: AbortSignal,
): AsyncGenerator<RawEntry, void, undefined> {
  for await (const piece of directoryPieces(table, directory, signal)) {
    const entries: RawEntry[] = [];
    addEntries(entries, piece, table);
    yield* entries;
  }
}

/** Those of a piece that make sense. @returns what is wrong behind them, or null */
function addEntries(entries: RawEntry[], piece: DirectoryPiece, table: InodeTable): DamagedStructureError | null {
  try {
    for (const entry of entriesIn(piece, table.geometry)) if (!entry.isDot) entries.push(entry);
    return null;
  } catch (error) {
    if (error instanceof DamagedStructureError) return error;
    throw error;
  }
}

async function withInodes(
  table: InodeTable,
  directory: InodeRecord,
  entries: readonly RawEntry[],
  signal: AbortSignal,
  { metadata }: ListOptions,
): Promise<FilesystemEntry[]> {
  const show = namesIn(directory);
  const inodes = await table.readMany(
    entries.map(({ inode }) => inode),
    signal,
  );
  return entries.map((rawEntry) => {
    const { inode: number } = rawEntry;
    const { text, raw } = show(rawEntry);
    const inode = inodes.get(number);
    const entry: FilesystemEntry = inode
      ? { path: text, ...nodeOf(inode, metadata) }
      : { path: text, node: String(number), type: 'other', size: 0, mtime: null };
    if (raw) entry.rawName = raw.toString('base64');
    return entry;
  });
}

const folded = (name: string): string => name.normalize('NFD').toLowerCase();
