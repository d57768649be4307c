import type { ListOptions } from '@diskwright/sdk';
import type { FilesystemEntry, FilesystemNode } from '@diskwright/sdk/protocol';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { indexPieces, type IndexedName } from './directoryIndex';
import { nodeOf } from './nodes';
import { summariesOf } from './summaries';

/** Names are sorted, records are not: those of a few blocks lie everywhere in the table. Bounds what is in memory. */
const BATCH_NAMES = 32_768;

/**
 * The entries of a directory in the order of the disk, many at once. Sizes and times come from the files themselves: what the index repeats of them may be old. A block
 * that makes no sense is left out, and a name that leads to no file is listed as `other`; `check` tells of both.
 * @throws DamagedStructureError when there is no index; what `read` throws
 */
export async function* listInBatches(
  table: MasterFileTable,
  directory: FileRecord,
  signal: AbortSignal,
  options: ListOptions = {},
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  let batch: IndexedName[] = [];
  for await (const { names } of indexPieces(table, directory, signal)) {
    for (const name of names ?? []) if (!isItself(name, directory)) batch.push(name);
    if (batch.length < BATCH_NAMES) continue;
    yield withFiles(table, batch, signal, options);
    batch = [];
  }
  yield withFiles(table, batch, signal, options);
}

/** The file of a name in a directory; null when it has none such. The exact name goes before one that differs in case. */
export async function findInDirectory(
  table: MasterFileTable,
  directory: FileRecord,
  name: string,
  signal: AbortSignal,
): Promise<IndexedName | null> {
  const wanted = name.toUpperCase();
  let similar: IndexedName | null = null;
  for await (const { names } of indexPieces(table, directory, signal)) {
    for (const candidate of names ?? []) {
      if (isItself(candidate, directory)) continue;
      if (candidate.text === name) return candidate;
      if (candidate.text.toUpperCase() === wanted) similar ??= candidate;
    }
  }
  return similar;
}

/** The root lists itself, as `.`. */
const isItself = ({ record }: IndexedName, directory: FileRecord): boolean => record === directory.number;

async function withFiles(
  table: MasterFileTable,
  names: readonly IndexedName[],
  signal: AbortSignal,
  { metadata }: ListOptions,
): Promise<FilesystemEntry[]> {
  const files = await summariesOf(
    table,
    names.map(({ record }) => record),
    signal,
  );
  return names.map(({ record, sequence, text, raw }) => {
    const file = files.get(record);
    const node: FilesystemNode =
      file?.sequenceNumber === sequence ? nodeOf(file, metadata) : { node: String(record), type: 'other', size: 0, mtime: null };
    return { path: text, ...(raw && { rawName: raw.toString('base64') }), ...node };
  });
}
