import { toWireError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Socket } from 'node:net';
import { encodeFrameHeader, FrameKind, MAX_FRAME_BYTES } from '../../common/contents/contentFrames';
import type { BlockNode } from '../nodes/blockNode';
import { readTolerantly, type TolerantRead } from '../nodes/readTolerantly';

/** Read ahead of the socket. */
const IN_FLIGHT = 4;

type Piece = { zeros: number } | { offset: number; read: Promise<TolerantRead> };

/**
 * Sends a range of a content in frames; see `contentFrames.ts`. Ends the socket, with the reason when it fails. What cannot be read is zeros, and said.
 * A receiver that goes away ends it.
 */
export async function sendContent(socket: Socket, node: BlockNode, { offset, length }: ByteRange): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  try {
    for await (const frames of framesOf(node, offset, offset + length, gone.signal)) {
      for (const frame of frames) if (!socket.write(frame)) await drained(socket);
      if (gone.signal.aborted) return;
    }
    socket.end(encodeFrameHeader(FrameKind.end, 0));
  } catch (error) {
    if (gone.signal.aborted) return;
    const reason = Buffer.from(JSON.stringify(toWireError(error)));
    socket.end(Buffer.concat([encodeFrameHeader(FrameKind.failed, reason.length), reason]));
  }
}

async function* framesOf(node: BlockNode, start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer[]> {
  const ahead: Piece[] = [];
  for await (const piece of piecesOf(node, start, end, signal)) {
    ahead.push(piece);
    if (ahead.length >= IN_FLIGHT) yield await frameOf(ahead.shift()!);
  }
  for (let piece = ahead.shift(); piece; piece = ahead.shift()) yield await frameOf(piece);
}

/** Reading of a piece begins when it is answered. */
async function* piecesOf(node: BlockNode, start: number, end: number, signal: AbortSignal): AsyncGenerator<Piece> {
  let at = start;
  while (at < end) {
    for (const extent of await node.extents(at, end - at, signal)) {
      const stop = extent.offset + extent.length;
      if (extent.kind !== 'data') yield { zeros: extent.length };
      else {
        for (let offset = extent.offset; offset < stop; offset += MAX_FRAME_BYTES) {
          const read = readTolerantly(node, offset, Math.min(MAX_FRAME_BYTES, stop - offset), signal);
          // It may fail while nobody looks at it yet.
          read.catch(() => undefined);
          yield { offset, read };
        }
      }
      at = stop;
    }
  }
}

async function frameOf(piece: Piece): Promise<Buffer[]> {
  if ('zeros' in piece) return [encodeFrameHeader(FrameKind.zeros, piece.zeros)];
  const { bytes, holes } = await piece.read;
  const frames: Buffer[] = [];
  let at = 0;
  const addData = (end: number): void => {
    if (end > at) frames.push(encodeFrameHeader(FrameKind.data, end - at), bytes.subarray(at, end));
  };
  for (const hole of holes) {
    const start = hole.offset - piece.offset;
    addData(start);
    frames.push(encodeFrameHeader(FrameKind.unreadable, hole.length));
    at = start + hole.length;
  }
  addData(bytes.length);
  return frames;
}

function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
}
