import type { Socket } from 'node:net';
import { CancelledError, type DiskwrightError, FailedError, fromWireError, PeerGoneError, type WireError } from '../errors';
import type { StoredBlob } from './dataPlane';

const MAX_ANSWER_BYTES = 65536;

/**
 * Writes a blob to a transfer socket, ends that side, and reads the service's one line of answer. Destroys the socket.
 * @throws what the service found wrong with it, PeerGoneError, CancelledError
 */
export async function writeBlob(socket: Socket, bytes: Buffer, signal: AbortSignal): Promise<StoredBlob> {
  const answer = readToEnd(socket, MAX_ANSWER_BYTES, signal);
  // A broken connection shows in the answer; a failed write says the same again.
  socket.end(bytes);
  const line = (await answer).toString('utf8');
  const value = parseAnswer(line);
  if ('error' in value) throw fromWireError(value.error);
  return value;
}

/** Reads a transfer socket to its end, at most `limit` bytes. Destroys the socket. */
export function readToEnd(socket: Socket, limit: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // What is never written to takes no memory.
    const bytes = Buffer.allocUnsafeSlow(limit);
    let length = 0;
    const settle = (error: DiskwrightError | null): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      if (error) reject(error);
      else resolve(bytes.subarray(0, length));
    };
    const onAbort = (): void => settle(new CancelledError());
    if (signal.aborted) {
      settle(new CancelledError());
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('data', (chunk: Buffer) => {
      if (length + chunk.length > limit) {
        settle(new FailedError(`a blob transfer holds more than the ${limit} bytes that were announced`));
        return;
      }
      chunk.copy(bytes, length);
      length += chunk.length;
    });
    socket.on('end', () => settle(null));
    socket.on('error', (error) => settle(new PeerGoneError(`a blob transfer broke off: ${error.message}`)));
    socket.on('close', () => settle(new PeerGoneError('a blob transfer broke off')));
    socket.resume();
  });
}

function parseAnswer(line: string): StoredBlob | { error: WireError } {
  try {
    const value = JSON.parse(line) as StoredBlob | { error: WireError };
    if ('error' in value || (typeof value.digest === 'string' && Number.isSafeInteger(value.bytes))) return value;
  } catch {
    // Falls through: the same answer for no JSON and for the wrong JSON.
  }
  throw new FailedError('the sector service ended a blob transfer without an answer');
}
