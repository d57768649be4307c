import { FailedError } from '@diskwright/sdk/errors';
import { crc32 } from '@diskwright/sdk/struct';
import { open, type FileHandle } from 'node:fs/promises';
import { canonicalJson } from '../../common/plan/index';
import type { JournalRecord } from './journalRecord';

/**
 * The journal of a job: one line a record, `<CRC-32 in eight hexadecimal digits> <canonical JSON>`. It is only ever appended to;
 * a line whose sum is wrong is where a crash tore it.
 */
export class Journal {
  private tail: Promise<void> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  /** Opens the journal for appending, and makes it when it is missing. Whoever opened it closes it. */
  static async open(path: string): Promise<Journal> {
    return new Journal(await open(path, 'a', 0o600));
  }

  /**
   * Appends a record; it is on the medium when this resolves. Records stand in the order of the calls.
   * @throws FailedError when it cannot be written, as on a full disk
   */
  append(record: JournalRecord): Promise<void> {
    const appended = this.tail.then(() => this.write(record));
    this.tail = appended.catch(() => undefined);
    return appended;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.file.close();
  }

  private async write(record: JournalRecord): Promise<void> {
    try {
      await this.file.appendFile(encodeRecord(record));
      await this.file.datasync();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new FailedError(`the job's journal cannot be written: ${why}`, {
        todo: 'Make room on the disk that holds the data folder.',
      });
    }
  }
}

/** What a journal holds, and whether it ends in a record that was not written whole. */
export interface JournalContent {
  records: JournalRecord[];
  torn: boolean;
}

export function encodeRecord(record: JournalRecord): Buffer {
  const json = canonicalJson(record);
  return Buffer.concat([Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} `), json, Buffer.from('\n')]);
}

/** Reads a journal up to its end or its first torn record; what follows such a record means nothing. */
export function readJournal(bytes: Buffer): JournalContent {
  const records: JournalRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const record = end < 0 ? null : decodeLine(bytes.subarray(at, end));
    if (!record) return { records, torn: true };
    records.push(record);
    at = end + 1;
  }
  return { records, torn: false };
}

function decodeLine(line: Buffer): JournalRecord | null {
  const json = line.subarray(9);
  const sum = line.toString('latin1', 0, 9);
  if (sum !== `${crc32(json).toString(16).padStart(8, '0')} `) return null;
  return JSON.parse(json.toString('utf8')) as JournalRecord;
}
