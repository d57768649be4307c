import { InvalidInputError, toWireError } from '@diskwright/sdk/errors';
import type { SocketReader } from '@diskwright/sdk/nbd';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BlobKind, BlobStore } from './blobStore';

const PIECE_BYTES = 1024 * 1024;
/** A sender that pauses longer than this has hung. */
const IDLE_MILLISECONDS = 60_000;

/**
 * Receives a blob until the peer ends its side, and answers one JSON line: the reference, or `{"error":{code,message,data}}`.
 * Ends the socket.
 */
export async function receiveBlob(reader: SocketReader, store: BlobStore, kind: BlobKind): Promise<void> {
  const { socket } = reader;
  socket.setTimeout(IDLE_MILLISECONDS, () => socket.destroy());
  let answer: unknown;
  try {
    answer = await store.put(kind, piecesOf(reader));
  } catch (error) {
    answer = { error: toWireError(error) };
  }
  socket.end(`${JSON.stringify(answer)}\n`);
}

/** Sends a blob and ends the socket. */
export async function sendBlob(reader: SocketReader, store: BlobStore, digest: string): Promise<void> {
  const { socket } = reader;
  socket.setTimeout(IDLE_MILLISECONDS, () => socket.destroy());
  reader.detach();
  await pipeline(createReadStream(await store.locate(digest)), socket);
}

async function* piecesOf(reader: SocketReader): AsyncGenerator<Buffer> {
  for (;;) {
    const piece = await reader.takeSome(PIECE_BYTES);
    // A socket that was destroyed ended, too, but nobody said that the blob is whole.
    if (!piece && !reader.socket.readableEnded) throw new InvalidInputError('the connection broke before the blob was whole');
    if (!piece) return;
    yield piece;
  }
}
