import type { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { indexPieces } from '../files/directoryIndex';
import { FileSummary } from '../files/fileSummary';
import { scanRecords } from '../files/recordScan';
import { summariesOf } from '../files/summaries';
import { attributesOf } from '../records/attributes';
import type { FileRecord } from '../records/fileRecord';
import type { MasterFileTable } from '../records/masterFileTable';

/** A check is a look, not a run of chkdsk: it shall end in seconds on any volume. */
const MOST_FILES = 20_000;
const MOST_DIRECTORIES = 1000;
const todo = 'Run chkdsk on Windows, and see which files it names.';

/** Finds what is wrong with the first files in use: records, runs that lead nowhere, directories that make no sense or name what is not there. */
export async function findFileProblems(table: MasterFileTable, problems: ProblemList, signal: AbortSignal): Promise<void> {
  let files = 0;
  let directories = 0;
  for await (const { records } of scanRecords(table, signal)) {
    for (const record of records) {
      if (++files > MOST_FILES) return;
      await unlessUnreadable(() => findRecordProblems(table, record, problems, signal));
      if (record.isDirectory && ++directories <= MOST_DIRECTORIES)
        await unlessUnreadable(() => findDirectoryProblems(table, record, problems, signal));
    }
  }
}

async function findRecordProblems(
  table: MasterFileTable,
  record: FileRecord,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const offset = table.offsetOf(record.number);
  const ranges = offset === null ? [] : [{ offset, length: record.length }];
  const common = { severity: 'error', effect: 'none', ranges, todo } as const;
  if (new FileSummary(record).isDamaged)
    problems.add({ ...common, code: 'ntfs.record', message: `The attributes of file record ${record.number} make no sense.` });
  try {
    for (const { damage } of await attributesOf(table, record, signal))
      if (damage !== null)
        problems.add({
          ...common,
          code: 'ntfs.runs',
          message: `An attribute of file record ${record.number} is damaged: ${damage}.`,
        });
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({ ...common, code: 'ntfs.list', message: `Of the file in record ${record.number}, ${error.message}.` });
  }
}

async function findDirectoryProblems(
  table: MasterFileTable,
  directory: FileRecord,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<void> {
  const common = { severity: 'error', effect: 'none', todo } as const;
  const { number } = directory;
  try {
    for await (const { position, names, damage } of indexPieces(table, directory, signal)) {
      if (damage) {
        const message = `The block at ${position} of the index of directory ${number} makes no sense.`;
        problems.add({ ...common, code: 'ntfs.index', message });
      }
      const found = await summariesOf(
        table,
        names.map(({ record }) => record),
        signal,
      );
      for (const { record, sequence, text } of names)
        if (found.get(record)?.sequenceNumber !== sequence)
          problems.add({ ...common, code: 'ntfs.name', message: `The name "${text}" in directory ${number} leads to no file.` });
    }
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
    problems.add({ ...common, code: 'ntfs.directory', message: `Directory ${number} cannot be read: ${error.message}.` });
  }
}

/** Unreadable sectors are told by whoever copies them. */
async function unlessUnreadable(look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
  }
}
