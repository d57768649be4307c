import { notDirectory, PendingDirectories } from '@diskwright/sdk';
import { DamagedStructureError, type DiskwrightError, MediaError } from '@diskwright/sdk/errors';
import type { EntryTable } from '@diskwright/sdk/protocol';
import { directoryPieces } from './directoryEntries';
import { type FoundDirectory, InodeColumns } from './inodeColumns';
import type { InodeTable } from './inodeTable';
import { ROOT_INODE } from './rootInode';

/** Of each directory that is read together with others; the others of its pieces are read when it is their turn. */
const PIECES_AHEAD = 16;
/** Entries whose inodes are read together: a hashed directory has them in no order, so that those of a few blocks lie everywhere in the tables. */
const MOST_ENTRIES = 32_768;

/**
 * The tree below a directory, parents before children, right from the bytes of directories and inode tables. What makes no sense in a block ends that block; a
 * directory that has such a block, or cannot be read to its end, comes again with its damage.
 * @throws InvalidInputError when it begins at no directory; DamagedStructureError, MediaError at the end, when it is that one which is damaged, or the root is none
 */
export async function* walkInTables(
  table: InodeTable,
  start: number,
  isRecursive: boolean,
  signal: AbortSignal,
): AsyncGenerator<EntryTable, void, undefined> {
  const inode = await table.read(start, signal);
  if (inode.type !== 'directory') throw noDirectory(table, start);
  const pending = new PendingDirectories<number, FoundDirectory>({ key: start, prefix: '', depth: 0, inode });
  let coming: ReadEntries | null = null;
  let damageOfStart: Error | null = null;
  // Of two: while the inodes of one are being read, the other takes the entries of the next directories.
  let columns = new InodeColumns(table, signal);
  let others = new InodeColumns(table, signal);
  const finish = async function* (entries: ReadEntries): AsyncGenerator<EntryTable, void, undefined> {
    for (const directory of await entries.directories) if (isRecursive && pending.isNew(directory.key)) pending.add(directory);
    yield* entries.columns.take();
  };
  const readNext = () => pending.takeStarted(({ inode: next }) => directoryPieces(table, next, signal, true), PIECES_AHEAD);
  for (let group = readNext(); group.length > 0 || coming; group = readNext()) {
    for (const { directory, pieces } of group) {
      columns.enter(directory);
      let damage: Error | null = null;
      try {
        for await (const piece of pieces) {
          signal.throwIfAborted();
          const damageOfPiece = columns.addPiece(piece);
          damage ??= damageOfPiece;
          if (columns.count >= MOST_ENTRIES) yield* finish(readEntries(columns));
        }
      } catch (error) {
        // One bad directory does not hide the others.
        if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
        damage = error;
      }
      if (directory.depth === 0) damageOfStart = damage;
      else if (damage) columns.addDamaged(directory, damage.message);
    }
    const next: ReadEntries | null = group.length > 0 ? readEntries(columns) : null;
    if (coming) yield* finish(coming);
    coming = next;
    [columns, others] = [others, columns];
  }
  if (damageOfStart) throw damageOfStart;
}

/** Entries whose inodes are on their way. */
interface ReadEntries {
  columns: InodeColumns;
  directories: Promise<FoundDirectory[]>;
}

function readEntries(columns: InodeColumns): ReadEntries {
  const directories = columns.readInodes();
  // Whoever takes them is told; until then nobody may be waiting.
  directories.catch(() => undefined);
  return { columns, directories };
}

/** What is thrown where the entries of an inode are asked for that has none. */
export function noDirectory(table: InodeTable, number: number): DiskwrightError {
  return notDirectory(table.recordOf(number), 'ext inode', number === ROOT_INODE);
}
