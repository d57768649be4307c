import { FailedError } from '@diskwright/sdk/errors';
import { encodeRecord, readJournal } from '../../common/journal/readJournal';
import type { JournalRecord } from '../../common/journal/journalRecord';
import type { AppendFile, JobFiles } from './jobFiles';

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

  /**
   * Opens the journal for appending, and makes it when it is missing. A torn end is cut off. Whoever opened it closes it.
   * @throws FailedError when it has come to harm otherwise: what was done then is not known, and to do it again may destroy it
   */
  static async open(files: JobFiles): Promise<Journal> {
    const content = readJournal((await files.read('journal')) ?? Buffer.alloc(0));
    if (content.damaged) throw damaged(content.bytes);
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

function damaged(offset: number): FailedError {
  return new FailedError(`the job's journal is damaged at byte ${offset}: whole records stand behind what cannot be read`, {
    todo: "Nothing tells how far the job was, so it is neither gone on with nor undone. Bring the job's folder back from a copy, or write the target anew.",
  });
}
