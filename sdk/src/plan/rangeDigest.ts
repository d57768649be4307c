import { createHash } from 'node:crypto';
import type { BlockSource } from '../block/index';
import { MediaError } from '../errors';
import type { ByteRange } from '../protocol/types';

const PIECE_BYTES = 1024 * 1024;

/** SHA-256 over the bytes of `ranges`, in order. */
export async function digestRanges(source: BlockSource, ranges: ByteRange[], signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const range of ranges) {
    for (let done = 0; done < range.length; done += PIECE_BYTES) {
      hash.update(await source.read(range.offset + done, Math.min(PIECE_BYTES, range.length - done), signal));
    }
  }
  return hash.digest('hex');
}

/** Those of the ranges that can be read whole: what cannot be read cannot be asserted either. */
export async function readableRanges(source: BlockSource, ranges: ByteRange[], signal?: AbortSignal): Promise<ByteRange[]> {
  const readable: ByteRange[] = [];
  for (const range of ranges) {
    try {
      await digestRanges(source, [range], signal);
      readable.push(range);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
    }
  }
  return readable;
}
