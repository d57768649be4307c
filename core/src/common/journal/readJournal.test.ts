import { describe, expect, it } from 'vitest';
import { encodeRecord, readJournal } from './readJournal';
import type { JournalRecord } from './journalRecord';

const RECORDS: JournalRecord[] = [
  { type: 'phaseBegun', phase: 'content' },
  {
    type: 'checkpoint',
    step: 3,
    part: { done: 4096, chunkBytes: 4096, hashes: { position: 0, length: 16 }, blake3: 'ab', holes: [] },
  },
  { type: 'stepEnded', step: 3 },
];

describe('a journal', () => {
  it('is read whole, and up to any byte at which it was torn', () => {
    const lines = RECORDS.map(encodeRecord);
    const whole = Buffer.concat(lines);
    expect(readJournal(whole)).toEqual({ records: RECORDS, torn: false, bytes: whole.length, damaged: false });
    for (let length = 0; length < whole.length; length++) {
      const { records, torn, damaged } = readJournal(whole.subarray(0, length));
      expect(damaged).toBe(false);
      const complete = lines.filter((_, index) => Buffer.concat(lines.slice(0, index + 1)).length <= length).length;
      expect(records).toEqual(RECORDS.slice(0, complete));
      expect(torn).toBe(length !== Buffer.concat(lines.slice(0, complete)).length);
    }
  });

  it('ends before a record in which any bit is wrong', () => {
    const whole = Buffer.concat(RECORDS.map(encodeRecord));
    const first = encodeRecord(RECORDS[0]!).length;
    for (let at = first; at < whole.length - 1; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      const { records, torn } = readJournal(damaged);
      expect(torn).toBe(true);
      expect(records.length).toBeLessThan(RECORDS.length);
      expect(records[0]).toEqual(RECORDS[0]);
    }
  });

  it('that was not torn by a crash is told from one that was: whole records stand behind what is wrong', () => {
    const lines = RECORDS.map(encodeRecord);
    const [first, second, third] = lines as [Buffer, Buffer, Buffer];
    const wrong = Buffer.from(second);
    wrong[20]! ^= 1;
    expect(readJournal(Buffer.concat([first, wrong, third]))).toMatchObject({ damaged: true, bytes: first.length });
    expect(readJournal(Buffer.concat([first, wrong]))).toMatchObject({ damaged: false });
    // A full disk: a record was written in part, and what the job's end came to behind it.
    expect(readJournal(Buffer.concat([first, second.subarray(0, 20), third]))).toMatchObject({ torn: true, damaged: false });
  });
});
