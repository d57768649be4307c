import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import { InodeFlag } from '../structures/inode';
import { directoryPieces, entriesIn, isDot, type RawEntry } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';
import { encryptedNameOf, nameOf, type TextName } from './names';

/**
 * Entries whose inodes are read together: a hashed directory has them in no order, so that those of a few blocks lie everywhere in the tables. Bounds what
 * is in memory.
 */
const BATCH_ENTRIES = 32_768;

/** An inode as a node of the tree. */
export function nodeOf(inode: InodeRecord): FilesystemNode {
  return { node: String(inode.number), type: inode.type, size: inode.size, mtime: inode.modified };
}

/** How a directory's names are to be shown. */
export function namesIn(directory: InodeRecord): (name: Buffer) => TextName {
  return directory.hasFlag(InodeFlag.ENCRYPT) ? encryptedNameOf : nameOf;
}

/**
 * The entries of a directory in the order of the disk, without `.` and `..`. What makes no sense in a block ends that block; entries that lead to no inode
 * are listed as `other`. `check` tells of both.
 * @throws DamagedStructureError when the directory's map makes no sense; what `read` throws
 */
export async function* listDirectory(
  table: InodeTable,
  directory: InodeRecord,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry, void, undefined> {
  let batch: RawEntry[] = [];
  for await (const entry of rawEntries(table, directory, signal)) {
    batch.push(entry);
    if (batch.length < BATCH_ENTRIES) continue;
    yield* withInodes(table, directory, batch, signal);
    batch = [];
  }
  yield* withInodes(table, directory, batch, signal);
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
    const { text, raw } = show(entry.name);
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
    try {
      for (const entry of entriesIn(piece, table.geometry)) if (!isDot(entry.name)) yield entry;
    } catch (error) {
      if (!(error instanceof DamagedStructureError)) throw error;
    }
  }
}

async function* withInodes(
  table: InodeTable,
  directory: InodeRecord,
  entries: readonly RawEntry[],
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry, void, undefined> {
  const show = namesIn(directory);
  const inodes = await table.readMany(
    entries.map(({ inode }) => inode),
    signal,
  );
  for (const { inode: number, name } of entries) {
    const { text, raw } = show(name);
    const inode = inodes.get(number);
    const node: FilesystemNode = inode ? nodeOf(inode) : { node: String(number), type: 'other', size: 0, mtime: null };
    yield { path: text, ...(raw && { rawName: raw.toString('base64') }), ...node };
  }
}

const folded = (name: string): string => name.normalize('NFD').toLowerCase();
