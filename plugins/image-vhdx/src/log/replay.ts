import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import type { VhdxHeader } from '../header';
import { LOG_SECTOR_BYTES, type LogEntry, readEntry } from './logEntries';
import { OverlaySource } from './overlaySource';

/** Hyper-V's and QEMU's have 1 MiB. */
const MAX_LOG_BYTES = 32 * 1024 * 1024;
/** An entry is looked at as the next of a sequence and as the first of one, once more where a sequence goes round, and some are what newer ones have left. */
const MAX_LOOKS = 16;

/**
 * The file as it is once its log is replayed: [MS-VHDX] 2.3.2. Nothing is written; the changes are kept in memory.
 * @throws DamagedStructureError, NotSupportedError
 */
export async function replayed(
  file: BlockSource,
  { id, offset, length }: NonNullable<VhdxHeader['log']>,
  signal: AbortSignal,
): Promise<BlockSource> {
  if (length > MAX_LOG_BYTES) throw new NotSupportedError(`the VHDX image has a log of ${length} bytes, which is too large`);
  const entries = activeSequence(await file.read(offset, length, signal), id);
  const head = entries.at(-1);
  if (!head) {
    throw new DamagedStructureError('VHDX log', 'the VHDX image was not closed in order, and no entry of its log is whole', {
      todo: 'Take it from a backup, or have the program that wrote it repair it.',
    });
  }
  if (head.flushedFileBytes > file.size) {
    throw new DamagedStructureError(
      'VHDX log',
      `the VHDX image has ${file.size} bytes, and had ${head.flushedFileBytes} when its log was written`,
      {
        todo: 'It may have been copied only in part: compare its size with the original.',
      },
    );
  }
  const size = head.lastFileBytes === Infinity ? file.size : Math.max(file.size, head.lastFileBytes);
  return new OverlaySource(
    file,
    entries.flatMap(({ patches }) => patches),
    size,
  );
}

/**
 * The entries that are to be replayed, the oldest first: of all sequences of entries, each behind the other and numbered so, the one with the highest
 * number of which the last entry needs none that is not there.
 */
function activeSequence(log: Buffer, id: string): LogEntry[] {
  let left = MAX_LOOKS * log.length;
  const entryAt = (offset: number): LogEntry | null =>
    readEntry(log, offset, id, (bytes) => {
      left -= bytes;
      if (left < 0) throw new DamagedStructureError('VHDX log', 'the log of the VHDX image has entries that lie over each other');
    });
  let active: LogEntry[] = [];
  for (let start = 0; start < log.length;) {
    const sequence = sequenceFrom(log, start, entryAt);
    const last = sequence.at(-1);
    const tail = last ? sequence.findIndex(({ offset }) => offset === last.tail) : -1;
    if (last && tail >= 0 && last.sequence > (active.at(-1)?.sequence ?? 0n)) active = sequence.slice(tail);
    const end = last ? last.offset + last.length : start + LOG_SECTOR_BYTES;
    // One that went round the log's end is the last to begin.
    if (end <= start) break;
    start = end;
  }
  return active;
}

function sequenceFrom(log: Buffer, start: number, entryAt: (offset: number) => LogEntry | null): LogEntry[] {
  const entries: LogEntry[] = [];
  let total = 0;
  for (let at = start; total < log.length;) {
    const entry = entryAt(at);
    const previous = entries.at(-1);
    if (!entry || (previous && entry.sequence !== previous.sequence + 1n)) break;
    entries.push(entry);
    total += entry.length;
    at = (at + entry.length) % log.length;
  }
  return entries;
}
