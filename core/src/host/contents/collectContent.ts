import type { ByteRange } from '@diskwright/sdk/protocol';
import type { TolerantBytes } from '../../common/contents/tolerantBytes';
import type { ContentPiece } from './readContent';

/**
 * The pieces of a range of a content as one buffer, with zeros where they could not be read.
 * @param range what `pieces` were asked for; a content that ends before is answered shorter
 */
export async function collectContent(pieces: AsyncIterable<ContentPiece>, { offset, length }: ByteRange): Promise<TolerantBytes> {
  const bytes = Buffer.alloc(length);
  const unreadable: ByteRange[] = [];
  let at = 0;
  for await (const piece of pieces) {
    const size = piece.kind === 'data' ? piece.bytes.length : piece.length;
    if (piece.kind === 'data') piece.bytes.copy(bytes, at);
    else if (piece.kind === 'unreadable') unreadable.push({ offset: offset + at, length: size });
    at += size;
  }
  return { bytes: bytes.subarray(0, at), unreadable };
}
