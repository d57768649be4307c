/** What a process did to the watched files, as disturb.c has recorded it, and what a loss of power may have left of it. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const HEADER_BYTES = 48;
const SECTOR_BYTES = 512;

/** A call that changed something. Of two calls, the one that ended before the other started was there first. */
export interface RecordedCall {
  kind: 'write' | 'sync' | 'rename' | 'truncate' | 'zero' | 'create';
  path: string;
  /** Of a rename. */
  newPath: string;
  started: number;
  ended: number;
  offset: number;
  length: number;
  data: Buffer;
}

const KINDS: Readonly<Record<string, RecordedCall['kind']>> = {
  w: 'write',
  s: 'sync',
  n: 'rename',
  t: 'truncate',
  z: 'zero',
  c: 'create',
};

/** In the order in which they ended. */
export async function readRecording(file: string): Promise<RecordedCall[]> {
  const bytes = await readFile(file);
  const calls: RecordedCall[] = [];
  for (let at = 0; at < bytes.length;) {
    const number = (index: number): number => Number(bytes.readBigUInt64LE(at + 8 + index * 8));
    const pathBytes = bytes.readUInt32LE(at + 4);
    const [started, ended, offset, length, dataBytes] = [number(0), number(1), number(2), number(3), number(4)];
    const from = at + HEADER_BYTES;
    const [path, newPath] = bytes.toString('utf8', from, from + pathBytes).split('\0');
    const data = bytes.subarray(from + pathBytes, from + pathBytes + dataBytes);
    const kind = KINDS[String.fromCharCode(bytes[at]!)]!;
    calls.push({ kind, path: path!, newPath: newPath ?? '', started, ended, offset, length, data });
    at = from + pathBytes + dataBytes;
  }
  return calls.sort((a, b) => a.ended - b.ended);
}

/** What becomes of a call that nothing has flushed: `torn` of a write keeps some of its sectors, one of them in part. */
export type Fate = 'kept' | 'lost' | 'torn';

/**
 * The files on the medium after a loss of power just before the clock's `tick`: all that was flushed, and of the rest what `fate`
 * says. Names are on the medium when their folder was flushed; those that were not are kept up to the first one that is lost, as
 * filesystems with a journal do.
 */
export function afterPowerLoss(
  before: ReadonlyMap<string, Buffer>,
  calls: readonly RecordedCall[],
  tick: number,
  fate: () => Fate,
  random: () => number,
): Map<string, Buffer> {
  const begun = calls.filter((call) => call.started < tick);
  const syncs = begun.filter((call) => call.kind === 'sync' && call.ended < tick);
  const contents = [...before.values()].map((bytes): Buffer => Buffer.from(bytes));
  const now = new Map([...before.keys()].map((path, file) => [path, file]));
  const onMedium = new Map(now);
  let namesAreKept = true;
  for (const call of begun) {
    if (call.kind === 'sync') continue;
    if (call.kind === 'create' || call.kind === 'rename') {
      const path = call.kind === 'create' ? call.path : call.newPath;
      const file = call.kind === 'create' ? contents.push(Buffer.alloc(0)) - 1 : now.get(call.path)!;
      const isFlushed = syncs.some((sync) => sync.started > call.ended && sync.path === dirname(path));
      namesAreKept &&= isFlushed || fate() === 'kept';
      for (const names of namesAreKept ? [now, onMedium] : [now]) {
        names.set(path, file);
        if (call.kind === 'rename') names.delete(call.path);
      }
      continue;
    }
    const file = now.get(call.path)!;
    const isFlushed = syncs.some((sync) => sync.started > call.ended && isSameFile(calls, sync, call));
    contents[file] = changed(contents[file]!, call, isFlushed ? 'kept' : fate(), random);
  }
  return new Map([...onMedium].map(([path, file]) => [path, contents[file]!]));
}

/** Whether both calls meant the same file: no other one came under its name between them. */
function isSameFile(calls: readonly RecordedCall[], sync: RecordedCall, change: RecordedCall): boolean {
  return (
    sync.path === change.path &&
    !calls.some(
      ({ kind, path, newPath, ended }) =>
        ended > change.ended &&
        ended < sync.started &&
        ((kind === 'create' && path === sync.path) || (kind === 'rename' && (path === sync.path || newPath === sync.path))),
    )
  );
}

/** Changes the content in place, where it need not grow. */
function changed(content: Buffer, { kind, offset, length, data }: RecordedCall, fate: Fate, random: () => number): Buffer {
  if (fate === 'lost') return content;
  if (kind === 'truncate') return content.length > length ? Buffer.from(content.subarray(0, length)) : grown(content, length);
  if (kind === 'zero') return content.fill(0, offset, offset + length);
  const bytes =
    fate === 'kept' ? data : data.subarray(0, offset < content.length ? data.length : Math.floor(random() * data.length));
  const result = grown(content, offset + bytes.length);
  if (fate === 'kept') bytes.copy(result, offset);
  else tear(bytes, result, offset, random);
  return result;
}

/** Some of the sectors, one or the other in part. */
function tear(bytes: Buffer, into: Buffer, offset: number, random: () => number): void {
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES);
    if (random() < 0.6) bytes.copy(into, offset + at, at, end);
    else if (random() < 0.1) bytes.copy(into, offset + at, at, at + Math.floor(random() * (end - at)));
  }
}

function grown(content: Buffer, length: number): Buffer {
  return content.length >= length ? content : Buffer.concat([content, Buffer.alloc(length - content.length)]);
}
