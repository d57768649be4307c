import { DamagedStructureError } from '@diskwright/sdk/errors';
import { rangesMeet } from '@diskwright/sdk/extents';
import type { ByteRange, StructureInstance } from '@diskwright/sdk/protocol';
import type { OpenVolume } from './allocation/survey';
import { readBootCopies } from './boot/bootCopies';
import { FileRecord } from './records/fileRecord';
import { SystemRecord, systemData } from './records/systemData';
import { fileRecordHeader } from './structures/fileRecord';
import { restartPage } from './structures/logRestart';
import { ntfsBootSector } from './structures/ntfsBootSector';

const PIECE_BYTES = 1024 * 1024;
const EVERYTHING: ByteRange = { offset: 0, length: Number.MAX_SAFE_INTEGER };

/** Boot sectors, the records of files, their mirror and the log's first pages; with a range those that meet it, without looking at the others. */
export async function* listStructures(
  opened: OpenVolume,
  signal: AbortSignal,
  range: ByteRange = EVERYTHING,
): AsyncGenerator<StructureInstance, void, undefined> {
  const { source, volume, table } = opened;
  const [first, ...backups] = await readBootCopies(source, volume, signal);
  if (first) yield ntfsBootSector.instance(first.raw, 0, first.offset, 'ntfs.boot');
  if (!(table instanceof DamagedStructureError)) {
    yield* recordsMeeting(opened, table.runs.pieces(0, table.recordCount * volume.recordBytes), range, signal);
    yield* logPages(opened, range, signal);
  }
  for (const { raw, offset } of backups) yield ntfsBootSector.instance(raw, 0, offset, 'ntfs.backup');
}

async function* recordsMeeting(
  { source, volume: { recordBytes } }: OpenVolume,
  pieces: Iterable<{ offset: number | null; length: number }>,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance, void, undefined> {
  for (const { offset, length } of pieces) {
    if (offset === null || !rangesMeet({ offset, length }, range)) continue;
    const end = Math.min(offset + length, source.size, range.offset + range.length);
    const start = offset + Math.max(0, Math.floor((range.offset - offset) / recordBytes)) * recordBytes;
    for (let at = start; at < end; at += PIECE_BYTES) {
      const wanted = Math.min(PIECE_BYTES, Math.ceil((end - at) / recordBytes) * recordBytes, source.size - at);
      const bytes = await source.read(at, wanted, signal);
      for (let place = 0; place + recordBytes <= bytes.length; place += recordBytes) {
        if (bytes.toString('latin1', place, place + 4) !== 'FILE') continue;
        const instance = fileRecordHeader.instance(bytes, place, at + place, 'ntfs.record');
        if (!FileRecord.at(0, Buffer.from(bytes.subarray(place, place + recordBytes)), 0, recordBytes))
          instance.findings.push(torn(at + place, recordBytes));
        yield instance;
      }
    }
  }
}

function torn(offset: number, length: number): StructureInstance['findings'][number] {
  return {
    severity: 'error',
    code: 'ntfs.record.torn',
    message: 'NTFS file record: its update sequence does not agree: it was torn while being written',
    ranges: [{ offset, length }],
  };
}

async function* logPages(
  { source, table }: OpenVolume,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<StructureInstance, void, undefined> {
  if (table instanceof DamagedStructureError) return;
  try {
    const log = await systemData(table, SystemRecord.LOG, signal);
    for (const { offset } of log.runs?.pieces(0, 1) ?? []) {
      if (offset === null || offset > source.size - restartPage.size || !rangesMeet({ offset, length: restartPage.size }, range))
        continue;
      const bytes = await source.read(offset, restartPage.size, signal);
      if (restartPage.read(bytes).magic === 'RSTR') yield restartPage.instance(bytes, 0, offset, 'ntfs.log');
    }
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
}
