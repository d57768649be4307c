import { createHash } from 'node:crypto';
import type { ByteRange } from '../../protocol/types';

const MEBIBYTE = 1024 * 1024;
/** What is read at once. */
export const PIECE_BYTES = MEBIBYTE;
/** Of a larger file only the ends are compared. */
const MOST_WHOLE_BYTES = 64 * MEBIBYTE;
const END_BYTES = 16 * MEBIBYTE;

/** What of a content is compared: all of it, or the first and the last 16 MiB where it has more than 64 MiB. */
export function comparedRanges(size: number): ByteRange[] {
  if (size <= MOST_WHOLE_BYTES) return [{ offset: 0, length: size }];
  return [
    { offset: 0, length: END_BYTES },
    { offset: size - END_BYTES, length: END_BYTES },
  ];
}

/** SHA-256, in hexadecimal, of what is compared of a content of `size` bytes. `read` gives exactly `length` bytes, at most 1 MiB. */
export async function hashContent(
  size: number,
  read: (offset: number, length: number) => Buffer | Promise<Buffer>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const { offset, length } of comparedRanges(size)) {
    const end = offset + length;
    for (let at = offset; at < end; at += PIECE_BYTES) hash.update(await read(at, Math.min(PIECE_BYTES, end - at)));
  }
  return hash.digest('hex');
}
