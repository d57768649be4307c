import type { ListOptions } from '@diskwright/sdk';
import { nameOf } from '@diskwright/sdk/files';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import { rawEntries, type RawEntry } from './directoryEntries';
import type { InodeRecord } from './inodeRecord';
import type { InodeTable } from './inodeTable';
import { lostNode, nodeOf } from './nodes';

/** Entries whose inodes are read together. Bounds what is in memory. */
const BATCH_ENTRIES = 32_768;

/**
 * The entries of a directory in the order of the disk, without `.` and `..`. What makes no sense in a block ends that block; entries that lead to no inode
 * are listed by what the directory says of them. `check` tells of both.
 * @throws DamagedStructureError when the directory's map makes no sense; what `read` throws
 */
export async function* listDirectory(
  table: InodeTable,
  directory: InodeRecord,
  signal: AbortSignal,
  options: ListOptions = {},
): AsyncGenerator<FilesystemEntry, void, undefined> {
  let batch: RawEntry[] = [];
  for await (const entries of rawEntries(table.volume, directory, signal)) {
    batch = batch.length === 0 ? entries : batch.concat(entries);
    if (batch.length < BATCH_ENTRIES) continue;
    yield* await withInodes(table, batch, signal, options);
    batch = [];
  }
  yield* await withInodes(table, batch, signal, options);
}

/** The node of a name in a directory; null when it has none such. A directory that ignores case is asked for the exact name first. */
export async function findInDirectory(
  { volume }: InodeTable,
  directory: InodeRecord,
  name: string,
  signal: AbortSignal,
): Promise<number | null> {
  const { ignoresCase } = volume.geometry;
  let similar: number | null = null;
  for await (const entries of rawEntries(volume, directory, signal)) {
    for (const entry of entries) {
      const { text, raw } = nameOf(entry.name);
      // A name that really is written so goes before one whose bytes are shown so.
      if (text === name && !raw) return entry.inode;
      if (text === name || (ignoresCase && folded(text) === folded(name))) similar ??= entry.inode;
    }
  }
  return similar;
}

/** The entries as nodes, their paths behind `prefix`. */
export async function withInodes(
  table: InodeTable,
  entries: readonly RawEntry[],
  signal: AbortSignal,
  { metadata }: ListOptions,
): Promise<FilesystemEntry[]> {
  const inodes = await table.readMany(
    entries.map(({ inode }) => inode),
    signal,
  );
  return entries.map((entry) => entryOf(entry, inodes.get(entry.inode), metadata));
}

/** An entry of a directory with what is known of its inode. */
export function entryOf(
  { inode: number, name, fileType }: RawEntry,
  inode: InodeRecord | undefined,
  metadata?: boolean,
): FilesystemEntry {
  const { text, raw } = nameOf(name);
  const node = inode ? nodeOf(inode, metadata) : lostNode(number, fileType);
  return raw ? { path: text, rawName: raw.toString('base64'), ...node } : { path: text, ...node };
}

/** XFS folds the case of ASCII letters alone. */
const folded = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
