import type { ListOptions } from '@diskwright/sdk';
import type { DamagedStructureError } from '@diskwright/sdk/errors';
import type { FilesystemEntry } from '@diskwright/sdk/protocol';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { indexPieces, type IndexedName } from './directoryIndex';
import { nodeOf } from './nodes';
import { summariesOf } from './summaries';

/** Names are sorted, records are not: those of a few blocks lie everywhere in the table. Bounds what is in memory. */
const BATCH_NAMES = 32_768;

/**
 * The entries of a directory in the order of the disk, many at once. Sizes and times come from the files themselves: what the index repeats of them may be old. What makes
 * no sense in a block ends that block; a name that leads to no file is listed as `other`, with its damage.
 * @param tellsDamage whether such a block, or a file of which not all makes sense, is told of, when all that makes sense is listed
 * @throws DamagedStructureError when there is no index, or for such a block or file; what `read` throws
 */
export async function* listInBatches(
  table: MasterFileTable,
  directory: FileRecord,
  signal: AbortSignal,
  options: ListOptions = {},
  tellsDamage = false,
): AsyncGenerator<FilesystemEntry[], void, undefined> {
  let batch: IndexedName[] = [];
  const damages: DamagedStructureError[] = [];
  const onDamage = (damage: DamagedStructureError): void => void (damages.length === 0 && damages.push(damage));
  for await (const { names, damage: damageOfPiece } of indexPieces(table, directory, signal)) {
    if (damageOfPiece) onDamage(damageOfPiece);
    for (const name of names) if (!isItself(name, directory)) batch.push(name);
    if (batch.length < BATCH_NAMES) continue;
    yield withFiles(table, batch, signal, options, onDamage);
    batch = [];
  }
  yield withFiles(table, batch, signal, options, onDamage);
  if (tellsDamage && damages.length > 0) throw damages[0]!;
}

/**
 * The file of a name in a directory; null when it has none such. The exact name goes before one that differs in case.
 * @throws DamagedStructureError when it may be in a block that makes no sense, or there is no index; what `read` throws
 */
export async function findInDirectory(
  table: MasterFileTable,
  directory: FileRecord,
  name: string,
  signal: AbortSignal,
): Promise<IndexedName | null> {
  const wanted = name.toUpperCase();
  let similar: IndexedName | null = null;
  let damage: DamagedStructureError | null = null;
  for await (const { names, damage: damageOfPiece } of indexPieces(table, directory, signal)) {
    damage ??= damageOfPiece;
    for (const candidate of names) {
      if (isItself(candidate, directory)) continue;
      if (candidate.text === name) return candidate;
      if (candidate.text.toUpperCase() === wanted) similar ??= candidate;
    }
  }
  if (!similar && damage) throw damage;
  return similar;
}

/** The root lists itself, as `.`. */
const isItself = ({ record }: IndexedName, directory: FileRecord): boolean => record === directory.number;

async function withFiles(
  table: MasterFileTable,
  names: readonly IndexedName[],
  signal: AbortSignal,
  { metadata }: ListOptions,
  onDamage: (damage: DamagedStructureError) => void,
): Promise<FilesystemEntry[]> {
  const files = await summariesOf(
    table,
    names.map(({ record }) => record),
    signal,
  );
  return names.map(({ record, sequence, text, raw }) => {
    const file = files.get(record);
    const name = { path: text, ...(raw && { rawName: raw.toString('base64') }) };
    if (file?.sequenceNumber !== sequence) return { ...name, ...NO_FILE, node: String(record), damage: noFile(record) };
    if (file.isDamaged) onDamage(table.damagedRecord(record, `not all of the file in record ${record} makes sense`));
    return { ...name, ...nodeOf(file, metadata) };
  });
}

const NO_FILE = { type: 'other', size: 0, mtime: null } as const;
const noFile = (record: number): string =>
  `file record ${record}, which the name leads to, cannot be read or is not that of the file`;
