import type { Claim } from '@diskwright/sdk/files';
import type { Owner } from '@diskwright/sdk/protocol';
import { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';
import { readPieces } from '../records/readPieces';
import { type FilePaths, unnamed } from './filePaths';

/** More records are told as a run of the table. */
const MOST_TOLD = 1024;

/** Whose the records in a run of the table of files are, one by one where they are few. */
export async function* recordOwners(
  table: MasterFileTable,
  { start, end, logical }: Claim,
  paths: FilePaths,
  signal: AbortSignal,
): AsyncGenerator<Owner, void, undefined> {
  const { clusterBytes, recordBytes } = table.volume;
  const offset = start * clusterBytes;
  const length = (end - start) * clusterBytes;
  const fileOffset = logical * clusterBytes;
  const first = Math.floor(fileOffset / recordBytes);
  const count = Math.ceil((fileOffset + length) / recordBytes) - first;
  if (count > MOST_TOLD || first + count > table.recordCount) {
    const name = `table of files ($MFT), records ${first} to ${first + count - 1}`;
    yield { offset, length, kind: 'structure', name, node: '0', fileOffset };
    return;
  }
  const records = await recordsFrom(table, first, count, signal);
  await paths.read(records.flatMap((record) => (record?.isInUse ? [record.base?.record ?? record.number] : [])));
  for (let index = 0; index < count; index++) {
    // A record may begin in the cluster before, where clusters are smaller.
    const from = Math.max(fileOffset, (first + index) * recordBytes);
    const until = Math.min(fileOffset + length, (first + index + 1) * recordBytes);
    const record = records[index];
    const place = { offset: offset + from - fileOffset, length: until - from, kind: 'structure' as const };
    if (!record?.isInUse) yield { ...place, name: `file record ${first + index}, ${record ? 'free' : 'never used or damaged'}` };
    else {
      const file = record.base?.record ?? record.number;
      const [path = unnamed(file)] = paths.pathsOf(file);
      yield { ...place, name: `file record ${record.number} of ${path}`, node: String(file) };
    }
  }
}

async function recordsFrom(
  table: MasterFileTable,
  first: number,
  count: number,
  signal: AbortSignal,
): Promise<(FileRecord | null)[]> {
  const { recordBytes } = table.volume;
  const bytes = await readPieces(table.source, table.runs, first * recordBytes, count * recordBytes, signal);
  return Array.from({ length: count }, (_, index) => FileRecord.at(first + index, bytes, index * recordBytes, recordBytes));
}
