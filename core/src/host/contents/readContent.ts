import { type DiskwrightError, fromWireError, PeerGoneError } from '@diskwright/sdk/errors';
import { SocketReader } from '@diskwright/sdk/nbd';
import type { Socket } from 'node:net';
import { decodeFrameHeader, FRAME_HEADER_BYTES, FrameKind, MAX_FRAME_BYTES } from '../../common/contents/contentFrames';

/** A piece of a content, in order. What is `unreadable` counts as zeros. */
export type ContentPiece = { kind: 'data'; bytes: Buffer } | { kind: 'zeros' | 'unreadable'; length: number };

/**
 * Takes a content off the socket over which the service sends it, as fast as the pieces are asked for. Destroys the socket at its end, whoever ends it.
 * @throws what reading throws at the service, PeerGoneError when that is gone
 */
export async function* readContent(socket: Socket, signal?: AbortSignal): AsyncGenerator<ContentPiece, void, undefined> {
  const reader = new SocketReader(socket);
  const stop = (): void => void socket.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    socket.resume();
    while (true) {
      const { kind, length } = decodeFrameHeader(await reader.take(FRAME_HEADER_BYTES));
      if (kind === FrameKind.end) return;
      if (kind === FrameKind.zeros) yield { kind: 'zeros', length };
      else if (kind === FrameKind.unreadable) yield { kind: 'unreadable', length };
      else {
        if (length > MAX_FRAME_BYTES) throw new PeerGoneError('the sector service sends what it should not');
        if (kind === FrameKind.failed) throw errorIn(await reader.take(length));
        // As they come, since putting them together would copy each byte once more.
        for (let left = length; left > 0;) {
          const bytes = await reader.takeSome(left);
          if (!bytes) throw new PeerGoneError('the sector service ended');
          left -= bytes.length;
          yield { kind: 'data', bytes };
        }
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function errorIn(bytes: Buffer): DiskwrightError {
  return fromWireError(JSON.parse(bytes.toString()) as Parameters<typeof fromWireError>[0]);
}
