import { crc32 } from '@diskwright/sdk/struct';
import { canonicalJson } from '../../common/plan/index';
import type { AppendFile, JobFiles } from './jobFiles';
import type { JournalRecord } from './journalRecord';

/**
 * The journal of a job: one line a record, `<CRC-32 in eight hexadecimal digits> <canonical JSON>`. It is only ever appended to;
 * a line whose sum is wrong is where a crash tore it.
 */
export class Journal {
  private tail: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: AppendFile,
    /** What the journal held when it was opened. */
    readonly past: readonly JournalRecord[],
  ) {}

  /** Opens the journal for appending, and makes it when it is missing. A torn end is cut off. Whoever opened it closes it. */
  static async open(files: JobFiles): Promise<Journal> {
    const content = readJournal((await files.read('journal')) ?? Buffer.alloc(0));
    const file = await files.openAppend('journal');
    try {
      if (content.torn) await file.truncate(content.bytes);
      return new Journal(file, content.records);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends a record; it is on the medium when this resolves. Records stand in the order of the calls.
   * @throws FailedError when it cannot be written, as on a full disk
   */
  append(record: JournalRecord): Promise<void> {
    const appended = this.tail.then(async () => {
      await this.file.append(encodeRecord(record));
      await this.file.sync();
    });
    this.tail = appended.catch(() => undefined);
    return appended;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.file.close();
  }
}

/** What a journal holds, whether it ends in a record that was not written whole, and where that begins. */
export interface JournalContent {
  records: JournalRecord[];
  torn: boolean;
  /** Of the whole records. */
  bytes: number;
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
    if (!record) return { records, torn: true, bytes: at };
    records.push(record);
    at = end + 1;
  }
  return { records, torn: false, bytes: at };
}

function decodeLine(line: Buffer): JournalRecord | null {
  const json = line.subarray(9);
  const sum = line.toString('latin1', 0, 9);
  if (sum !== `${crc32(json).toString(16).padStart(8, '0')} `) return null;
  return JSON.parse(json.toString('utf8')) as JournalRecord;
}
