import { EntryColumns, pathMatcher, type WalkOptions } from '@diskwright/sdk';
import { NotSupportedError } from '@diskwright/sdk/errors';
import type { EntryTable, FilesystemEntry } from '@diskwright/sdk/protocol';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { SystemRecord } from '../records/systemData';
import { DirectoryPaths } from './directoryPaths';
import { FileSummary, type FileName, type NamePlace } from './fileSummary';
import { LostRecords } from './lostRecords';
import { nodeOf, typeOf } from './nodes';
import { PlainFile } from './plainFile';
import { scanRecords } from './recordScan';
import { summaryOf } from './summaries';

/** Longer paths fit no message. */
const LONGEST_PATH = 65_535;
/** Of a name of 255 units, each of which may be told as six. */
const LONGEST_NAME = 1530;
/** Taken for a table as soon as there are so many. */
const ENTRIES_IN_COLUMNS = 4096;

/** What is made of the tree. `prefix` is that of the directory of a name, with a slash at its end, or empty. */
interface TreeSink {
  /** Of times, a listing without metadata needs but one. */
  readonly keepsTimes: boolean;
  add(prefix: string, name: FileName, file: FileSummary): void;
  /** Adds a file right from its record. @returns false for one that has to be added the other way */
  addPlain?(record: FileRecord, walk: TreeWalk): boolean;
}

/** The whole tree, parents before children, many entries at once. @throws as {@link scanTree} */
export async function* walkTree(
  table: MasterFileTable,
  { filter, metadata = false }: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  const matches = pathMatcher(filter);
  let entries: FilesystemEntry[] = [];
  const add = (prefix: string, { text, raw }: FileName, file: FileSummary): void => {
    const path = prefix + text;
    if (matches(path)) entries.push({ path, ...(raw && { rawName: raw.toString('base64') }), ...nodeOf(file, metadata) });
  };
  for await (const _piece of scanTree(table, { keepsTimes: metadata, add }, signal)) {
    yield entries;
    entries = [];
  }
}

/** As {@link walkTree}, of all entries without metadata, in tables. @throws as {@link scanTree} */
export async function* walkInTables(table: MasterFileTable, signal: AbortSignal): AsyncGenerator<EntryTable, void, undefined> {
  const columns = new EntryColumns();
  const add = (prefix: string, name: FileName, file: FileSummary): void => {
    columns.enter(prefix);
    columns.set(columns.addName(file.number, name), typeOf(file), file.size, file.modified ?? NaN);
  };
  const plain = new PlainFile();
  const addPlain = (record: FileRecord, walk: TreeWalk): boolean => {
    const prefix = plain.read(record) ? walk.prefixOf(plain) : undefined;
    if (prefix === undefined || prefix.length > LONGEST_PATH - LONGEST_NAME) return false;
    columns.enter(prefix);
    const index = columns.addUtf16(record.number, record.bytes, plain.nameStart, plain.nameEnd);
    columns.set(index, 'file', plain.size, plain.modified);
    return true;
  };
  try {
    for await (const _piece of scanTree(table, { keepsTimes: false, add, addPlain }, signal)) {
      if (columns.count < ENTRIES_IN_COLUMNS) continue;
      yield* columns.tables();
      columns.clear();
    }
  } catch (error) {
    // What came before is not lost with it.
    if (!signal.aborted) yield* columns.tables();
    throw error;
  }
  yield* columns.tables();
}

/**
 * Goes through the tree, parents before children, by the table of files alone: each file tells its names and the directories that hold them. The table is read
 * once, in the order of the disk, which is many times as fast as going from directory to directory. Files that come before one of their directories are left
 * for a second pass over those pieces of the table that have any; only directories are kept in memory. Yields when what was added so far may be taken.
 * @throws at the end DamagedStructureError when records in use cannot be read, NotSupportedError when paths were too long to be told; what `read` throws
 */
async function* scanTree(table: MasterFileTable, sink: TreeSink, signal: AbortSignal): AsyncGenerator<void, void, undefined> {
  const walk = new TreeWalk((await table.read(SystemRecord.ROOT, signal)).sequenceNumber, sink);
  const late = new Map<number, Set<number>>();
  const lost = new LostRecords(table);
  for await (const { index, records, ...others } of scanRecords(table, signal)) {
    await lost.add(others, signal);
    const inPiece = new Set<number>();
    for (const record of records) {
      if (record.number === SystemRecord.ROOT || sink.addPlain?.(record, walk)) continue;
      let file = new FileSummary(record, sink.keepsTimes);
      if (file.isSpread) file = await summaryOf(table, record, signal);
      if (file.isDamaged) lost.addRecord(record.number);
      if (typeOf(file) === 'directory') walk.addDirectory(file);
      else if (file.names.every((name) => walk.prefixOf(name) !== undefined)) walk.addFile(file);
      else inPiece.add(record.number);
    }
    if (inPiece.size > 0) late.set(index, inPiece);
    yield;
  }
  for await (const { index, records } of scanRecords(table, signal, { isWanted: (piece) => late.has(piece) })) {
    for (const record of records) if (late.get(index)!.has(record.number)) walk.addFile(await summaryOf(table, record, signal));
    yield;
  }
  const damage = lost.damage();
  if (damage) throw damage;
  if (walk.tooLong > 0) throw new NotSupportedError(`${walk.tooLong} paths are too long to be listed`);
}

/** Tells of files while their directories become known. */
class TreeWalk {
  /** Entries that could not be told. */
  tooLong = 0;
  private readonly paths: DirectoryPaths<FileSummary>;

  constructor(
    rootSequence: number,
    private readonly sink: TreeSink,
  ) {
    this.paths = new DirectoryPaths(SystemRecord.ROOT, rootSequence);
  }

  /** What the paths of entries of a name's directory begin with; undefined when it was not met. */
  prefixOf(name: NamePlace): string | undefined {
    return this.paths.prefixOf(name);
  }

  /** Tells of the directory, and of those that waited for it. */
  addDirectory(file: FileSummary): void {
    const [name] = file.names;
    if (!name) return;
    const { number, sequenceNumber: sequence } = file;
    for (const placed of this.paths.add({ number, sequence, name, item: file }))
      this.add(placed.prefix, placed.name, placed.item);
  }

  /** Tells of each name that leads to a directory. */
  addFile(file: FileSummary): void {
    for (const name of file.names) {
      const prefix = this.paths.prefixOf(name);
      if (prefix !== undefined) this.add(prefix, name, file);
    }
  }

  private add(prefix: string, name: FileName, file: FileSummary): void {
    if (prefix.length + name.text.length > LONGEST_PATH) this.tooLong++;
    else this.sink.add(prefix, name, file);
  }
}
