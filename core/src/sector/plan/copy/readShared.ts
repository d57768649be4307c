import type { SharedReader } from '@diskwright/native';
import { setTimeout as delay } from 'node:timers/promises';
import { abortable } from '../../../common/flow/abortable';
import { native } from '../../native';
import type { DeviceDescriptor } from './transfers';

const LOOK_MILLISECONDS = 5;

/** What a chunk holds. */
export interface ChunkContent {
  /** Null for zeros. */
  bytes: Buffer | null;
  /** BLAKE3, 32 bytes; absent where nobody has hashed it. */
  hash?: Buffer;
}

/** Where a chunk of a source lies. */
export interface ChunkPlace {
  /** Where the source's bytes are; null when it has no descriptor, and is known by its path. */
  from: DeviceDescriptor | null;
  path: string;
  offset: number;
  length: number;
}

/**
 * A chunk as another job has read it, or as `read` does: then for the others too. Waits for those that are slower, as the native engine does.
 * @throws what `read` throws; CancelledError when the signal is aborted
 */
export async function readShared(
  reader: SharedReader,
  { from, path, offset, length }: ChunkPlace,
  read: () => Promise<Buffer>,
  signal: AbortSignal,
): Promise<ChunkContent> {
  const place = from ? { fd: from.descriptor, offset: offset + from.delta, length } : { name: path, offset, length };
  const since = performance.now();
  let turn = reader.turn(place, 0);
  while (turn === null) {
    await abortable(delay(LOOK_MILLISECONDS), signal);
    turn = reader.turn(place, Math.floor(performance.now() - since));
  }
  if (turn.digest) return { bytes: turn.bytes ?? null, hash: turn.digest };
  try {
    const content = contentOf(await read());
    if (content.bytes) turn.publish?.(content.bytes, content.hash);
    else turn.publish?.(null, native.blake3(Buffer.alloc(length)));
    return content;
  } catch (error) {
    turn.publish?.();
    throw error;
  }
}

/** What was read, hashed unless it is zeros or not to be. */
export function contentOf(bytes: Buffer, isHashed = true): ChunkContent {
  if (native.isZero(bytes)) return { bytes: null };
  return isHashed ? { bytes, hash: native.blake3(bytes) } : { bytes };
}
