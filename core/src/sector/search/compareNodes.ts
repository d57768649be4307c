import type { ByteRange } from '@diskwright/sdk/protocol';
import type { CompareEnd, CompareProgress } from '../../common';
import { throwIfCancelled } from '../../common/flow/abortable';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly } from '../nodes/readTolerantly';
import { dataRuns } from './dataRuns';
import { inOrder } from './inOrder';
import { unionOfRuns } from './unionOfRuns';

const CHUNK_BYTES = 1024 * 1024;
const IN_FLIGHT = 4;
const TELL_MILLISECONDS = 200;
/** A message holds no more; a single chunk may have thirty times as many. */
const MOST_DIFFERENCES_TOLD = 2048;
/** Differences with fewer equal bytes between them are told as one. */
const JOINED_BELOW = 16;

export interface CompareOptions {
  /** From each node's own offset. */
  left: { node: BlockNode; offset: number };
  right: { node: BlockNode; offset: number };
  length: number;
  limit: number;
  signal?: AbortSignal;
  onProgress(progress: CompareProgress): Promise<void>;
}

/**
 * Compares two ranges byte by byte, past what is a hole in both, and tells the differences in ascending order as it goes. Unreadable sectors
 * compare as zeros.
 * @throws CancelledError; what reading throws, but for unreadable sectors
 */
export async function compareNodes(options: CompareOptions): Promise<CompareEnd> {
  const { left, right, length, limit, signal, onProgress } = options;
  const runs = [left, right].map(({ node, offset }) => relative(dataRuns(node, { offset, length }, signal), offset));
  const compared = inOrder(chunked(unionOfRuns(runs[0]!, runs[1]!)), IN_FLIGHT, async (range) => {
    const [a, b] = await Promise.all(
      [left, right].map(({ node, offset }) => readTolerantly(node, offset + range.offset, range.length, signal)),
    );
    return differencesOf(a!.bytes, b!.bytes, range.offset);
  });
  const end: CompareEnd = { state: 'done', differences: 0, differentBytes: 0 };
  let told = performance.now();
  let waiting: ByteRange[] = [];
  let open: ByteRange | null = null;
  let done = 0;
  const tell = async (): Promise<void> => {
    told = performance.now();
    const differences = waiting;
    waiting = [];
    await onProgress({ differences, done, total: length });
  };
  const close = async (): Promise<void> => {
    if (!open) return;
    waiting.push(open);
    end.differences++;
    end.differentBytes += open.length;
    open = null;
    if (waiting.length === MOST_DIFFERENCES_TOLD) await tell();
  };
  for await (const { item, result } of compared) {
    throwIfCancelled(signal);
    for (const range of result) {
      if (open && range.offset - (open.offset + open.length) < JOINED_BELOW) {
        open.length = range.offset + range.length - open.offset;
        continue;
      }
      await close();
      if (end.differences === limit) {
        end.state = 'limit';
        await tell();
        return end;
      }
      open = range;
    }
    done = item.offset + item.length;
    if (performance.now() - told >= TELL_MILLISECONDS) await tell();
  }
  await close();
  done = length;
  await tell();
  return end;
}

async function* relative(runs: AsyncIterable<ByteRange>, start: number): AsyncGenerator<ByteRange> {
  for await (const { offset, length } of runs) yield { offset: offset - start, length };
}

async function* chunked(runs: AsyncIterable<ByteRange>): AsyncGenerator<ByteRange> {
  for await (const { offset, length } of runs) {
    for (let at = 0; at < length; at += CHUNK_BYTES) yield { offset: offset + at, length: Math.min(CHUNK_BYTES, length - at) };
  }
}

/** Where two equally long runs of bytes differ; `base` is added to the offsets. */
function differencesOf(a: Buffer, b: Buffer, base: number): ByteRange[] {
  if (a.equals(b)) return [];
  const ranges: ByteRange[] = [];
  let last: ByteRange | null = null;
  for (let index = 0; index < a.length; index++) {
    if (a[index] === b[index]) continue;
    if (last && index + base - (last.offset + last.length) < JOINED_BELOW) last.length = index + base + 1 - last.offset;
    else ranges.push((last = { offset: index + base, length: 1 }));
  }
  return ranges;
}
