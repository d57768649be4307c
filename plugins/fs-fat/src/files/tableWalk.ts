import { EntryColumns, PendingDirectories, type PendingDirectory } from '@diskwright/sdk';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import type { EntryTable } from '@diskwright/sdk/protocol';
import { directoryPieces, type DirectoryStart } from './directory';
import { DirectoryParser } from './directoryEntries';
import { EntryReader } from './entryReader';
import type { FatVolume } from './fatTable';

/** Of each directory that is read together with others; the others of its pieces are read when it is their turn. */
const PIECES_AHEAD = 1;
/** What is in memory at once. */
const MOST_ENTRIES = 8192;

/** A directory, named by its first cluster. */
interface FoundDirectory extends PendingDirectory<DirectoryStart> {
  /** Where its entry lies. */
  offset: number;
  /** Milliseconds since 1970; NaN where none is recorded. */
  mtime: number;
}

/**
 * The tree below a directory, parents before children, right from the bytes of directories. A directory that cannot be read, or not to its end, comes again with
 * its damage.
 * @throws DamagedStructureError or MediaError at the end, where it is the one that the walk begins with
 */
export async function* walkInTables(
  volume: FatVolume,
  start: DirectoryStart,
  isRecursive: boolean,
  signal: AbortSignal,
): AsyncGenerator<EntryTable, void, undefined> {
  const { geometry } = volume;
  const pending = new PendingDirectories<DirectoryStart, FoundDirectory>({
    key: start,
    prefix: '',
    depth: 0,
    offset: 0,
    mtime: NaN,
  });
  const columns = new EntryColumns();
  const reader = new EntryReader(geometry, columns);
  const take = function* (): Generator<EntryTable, void, undefined> {
    yield* columns.tables();
    columns.clear();
  };
  let damageOfStart: Error | null = null;
  const readNext = () => pending.takeStarted(({ key }) => directoryPieces(volume, key, signal, true), PIECES_AHEAD);
  for (let group = readNext(); group.length > 0; group = readNext()) {
    for (const { directory, pieces } of group) {
      const parser = new DirectoryParser(geometry);
      columns.enter(directory.prefix);
      try {
        for await (const { bytes, offset } of pieces) {
          signal.throwIfAborted();
          for (const { index, cluster, ...found } of reader.add(parser, bytes, offset))
            if (isRecursive && cluster !== geometry.rootCluster && pending.isNew(cluster))
              pending.add({ ...columns.directoryAt(index), ...found, key: cluster });
          if (parser.isAtEnd) break;
          if (columns.count >= MOST_ENTRIES) yield* take();
        }
      } catch (error) {
        if (!(error instanceof DamagedStructureError || error instanceof MediaError)) throw error;
        if (directory.depth === 0) damageOfStart = error;
        else columns.set(columns.addDamaged(directory.offset, directory, error.message), 'directory', 0, directory.mtime);
      }
      if (columns.count >= MOST_ENTRIES) yield* take();
    }
  }
  yield* take();
  if (damageOfStart) throw damageOfStart;
}
