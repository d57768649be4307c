import { crc32 } from '@diskwright/sdk/struct';
import { canonicalJson } from '../plan/index';
import type { JournalRecord } from './journalRecord';

/** What a journal holds, whether it ends in a record that was not written whole, and where that begins. */
export interface JournalContent {
  records: JournalRecord[];
  torn: boolean;
  /** Of the whole records. */
  bytes: number;
  /** Whole records stand behind the one that is not: no crash leaves that, since each is on the medium before the next is written. */
  damaged: boolean;
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
    if (!record) return { records, torn: true, bytes: at, damaged: end >= 0 && hasRecord(bytes.subarray(end + 1)) };
    records.push(record);
    at = end + 1;
  }
  return { records, torn: false, bytes: at, damaged: false };
}

/** Whether any line is a whole record. */
function hasRecord(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return false;
    if (decodeLine(bytes.subarray(at, end))) return true;
    at = end + 1;
  }
  return false;
}

function decodeLine(line: Buffer): JournalRecord | null {
  const json = line.subarray(9);
  const sum = line.toString('latin1', 0, 9);
  if (sum !== `${crc32(json).toString(16).padStart(8, '0')} `) return null;
  return JSON.parse(json.toString('utf8')) as JournalRecord;
}
