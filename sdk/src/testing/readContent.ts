import { open } from 'node:fs/promises';
import type { FileContent } from '../provider/index';

const PIECE_BYTES = 1024 * 1024;

/** The bytes of a file whose segments lie in an image. */
export async function* readContent({ size, segments }: FileContent, image: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(image, 'r');
  try {
    let done = 0;
    for await (const segment of segments) {
      if (segment.kind === 'served') throw new Error('served content is not in the image');
      const length = segment.kind === 'inline' ? Buffer.from(segment.bytes, 'base64').length : segment.length;
      for (let at = 0; at < length; at += PIECE_BYTES) {
        const piece = Buffer.alloc(Math.min(PIECE_BYTES, length - at));
        if (segment.kind === 'extent') await file.read(piece, 0, piece.length, segment.offset + at);
        if (segment.kind === 'inline') Buffer.from(segment.bytes, 'base64').copy(piece);
        yield piece;
      }
      done += length;
    }
    if (done !== size) throw new Error(`segments of ${done} bytes for a file of ${size}`);
  } finally {
    await file.close();
  }
}
