import { MediaError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { throwIfCancelled } from '../../common/flow/abortable';
import type { BlockNode } from './blockNode';

/** How often an unreadable sector is tried again. */
export const READ_RETRIES = 2;

/** Bytes with zeros where they could not be read, and where that is, as ranges of the device. */
export interface TolerantRead {
  bytes: Buffer;
  holes: ByteRange[];
}

/**
 * Reads what can be read. Relies on a node's MediaError naming the first sector that cannot be read.
 * @throws whatever else goes wrong: a device that is gone, CancelledError
 */
export async function readTolerantly(
  node: BlockNode,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<TolerantRead> {
  const first = await attempt(node, offset, length, signal);
  if (Buffer.isBuffer(first)) return { bytes: first, holes: [] };
  const bytes = Buffer.alloc(length);
  const holes: ByteRange[] = [];
  const end = offset + length;
  let bad = badRange(first, node, offset, end);
  for (let at = offset; at < end;) {
    throwIfCancelled(signal);
    const readable = bad.offset > at ? await attempt(node, at, bad.offset - at, signal) : Buffer.alloc(0);
    if (!Buffer.isBuffer(readable)) {
      bad = badRange(readable, node, at, end);
      continue;
    }
    readable.copy(bytes, at - offset);
    const again = await retry(node, bad, signal);
    if (again) again.copy(bytes, bad.offset - offset);
    else holes.push(bad);
    at = bad.offset + bad.length;
    if (at === end) break;
    const rest = await attempt(node, at, end - at, signal);
    if (Buffer.isBuffer(rest)) {
      rest.copy(bytes, at - offset);
      break;
    }
    bad = badRange(rest, node, at, end);
  }
  return { bytes, holes: joined(holes) };
}

async function retry(node: BlockNode, bad: ByteRange, signal?: AbortSignal): Promise<Buffer | null> {
  for (let count = 0; count < READ_RETRIES; count++) {
    const again = await attempt(node, bad.offset, bad.length, signal);
    if (Buffer.isBuffer(again)) return again;
  }
  return null;
}

async function attempt(node: BlockNode, offset: number, length: number, signal?: AbortSignal): Promise<Buffer | MediaError> {
  try {
    return await node.read(offset, length, signal);
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
}

/** The unreadable sector that an error names, cut to what was asked for; one sector at least, so that every round gets on. */
function badRange(error: MediaError, node: BlockNode, start: number, end: number): ByteRange {
  const named = error.detail.offset ?? start;
  const offset = named >= start && named < end ? named : start;
  const length = Math.min(Math.max(error.detail.length ?? 0, 1), node.sectorSize - (offset % node.sectorSize));
  return { offset, length: Math.min(length, end - offset) };
}

function joined(ranges: ByteRange[]): ByteRange[] {
  const result: ByteRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last && last.offset + last.length === range.offset) last.length += range.length;
    else result.push({ ...range });
  }
  return result;
}
