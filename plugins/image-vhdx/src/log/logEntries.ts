import { safeNumber } from '@diskwright/sdk/struct';
import { isWhole } from '../checksum';
import { logDescriptor, logEntry } from '../structures';
import type { Patch } from './overlaySource';

export const LOG_SECTOR_BYTES = 4096;
/** Of a data sector: what stands between its mark and its number. */
const DATA_AT = 8;
const LEADING_BYTES = 8;
const TRAILING_BYTES = 4;
const DATA_BYTES = LOG_SECTOR_BYTES - LEADING_BYTES - TRAILING_BYTES;

/** An entry of the log that is whole. */
export interface LogEntry {
  /** Within the log, bytes; it may go on at the log's beginning. */
  offset: number;
  length: number;
  tail: number;
  sequence: bigint;
  flushedFileBytes: number;
  lastFileBytes: number;
  /** What it changes, in order. */
  patches: Patch[];
}

/**
 * The entry that begins at `offset` of the log; null when none does that is whole.
 * @param spend is told of how many bytes are about to be summed up, and may throw
 */
export function readEntry(log: Buffer, offset: number, logId: string, spend: (bytes: number) => void): LogEntry | null {
  if (log.toString('latin1', offset, offset + 4) !== 'loge') return null;
  const head = logEntry.read(log, offset);
  const { length, tail, sequence, descriptors } = head;
  if (head.logId !== logId || sequence === 0n) return null;
  if (length === 0 || length % LOG_SECTOR_BYTES !== 0 || length > log.length) return null;
  if (tail % LOG_SECTOR_BYTES !== 0 || tail >= log.length) return null;
  spend(length);
  // Entries go round.
  const bytes =
    offset + length <= log.length
      ? log.subarray(offset, offset + length)
      : Buffer.concat([log.subarray(offset), log.subarray(0, offset + length - log.length)]);
  if (!isWhole(bytes)) return null;
  const patches = readPatches(bytes, descriptors, sequence);
  if (!patches) return null;
  return {
    offset,
    length,
    tail,
    sequence,
    flushedFileBytes: safeNumber(head.flushedFileBytes),
    lastFileBytes: safeNumber(head.lastFileBytes),
    patches,
  };
}

/** Descriptors fill whole sectors behind the head; the sectors of data follow in the same order. */
function readPatches(bytes: Buffer, descriptors: number, sequence: bigint): Patch[] | null {
  const end = logEntry.size + descriptors * logDescriptor.size;
  if (end > bytes.length) return null;
  const patches: Patch[] = [];
  let sector = Math.ceil(end / LOG_SECTOR_BYTES) * LOG_SECTOR_BYTES;
  for (let index = 0; index < descriptors; index++) {
    const at = logEntry.size + index * logDescriptor.size;
    const fields = logDescriptor.read(bytes, at);
    const offset = safeNumber(fields.offset);
    if (fields.sequence !== sequence || offset === Infinity) return null;
    if (fields.signature === 'zero') {
      const length = safeNumber(fields.leading);
      if (length === Infinity) return null;
      patches.push({ offset, length, bytes: null });
    } else if (fields.signature === 'desc') {
      const data = dataOf(bytes, at, sector, sequence);
      if (!data) return null;
      patches.push({ offset, length: LOG_SECTOR_BYTES, bytes: data });
      sector += LOG_SECTOR_BYTES;
    } else {
      return null;
    }
  }
  return patches;
}

/** A sector of the file: its first and last bytes stand in the descriptor, whose place the data sector's own marks take. */
function dataOf(bytes: Buffer, descriptor: number, sector: number, sequence: bigint): Buffer | null {
  if (sector > bytes.length - LOG_SECTOR_BYTES || bytes.toString('latin1', sector, sector + 4) !== 'data') return null;
  const high = BigInt(bytes.readUInt32LE(sector + 4));
  const low = BigInt(bytes.readUInt32LE(sector + LOG_SECTOR_BYTES - TRAILING_BYTES));
  if (((high << 32n) | low) !== sequence) return null;
  return Buffer.concat([
    bytes.subarray(descriptor + 8, descriptor + 8 + LEADING_BYTES),
    bytes.subarray(sector + DATA_AT, sector + DATA_AT + DATA_BYTES),
    bytes.subarray(descriptor + 4, descriptor + 4 + TRAILING_BYTES),
  ]);
}
