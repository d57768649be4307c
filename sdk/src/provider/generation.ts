import { createHash } from 'node:crypto';
import type { BlockSource } from '../block/index';
import { InvalidInputError } from '../errors';
import type { ByteRange, Generation } from '../protocol/types';

const MAX_RANGES = 4096;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The generation of a volume: SHA-256 over the bytes of `ranges`, taken in ascending order with touching and overlapping ones joined. For a
 * provider's `generation`, with the ranges of its superblock and allocation structures.
 * @throws InvalidInputError when more than 4096 ranges are left or one lies outside of the source; what `read` throws
 */
export async function computeGeneration(
  source: BlockSource,
  ranges: Iterable<ByteRange>,
  signal: AbortSignal,
): Promise<Generation> {
  const joined = joinRanges(ranges);
  if (joined.length > MAX_RANGES)
    throw new InvalidInputError(`a generation covers at most ${MAX_RANGES} ranges, not ${joined.length}`);
  const hash = createHash('sha256');
  for (const { offset, length } of joined) {
    for (let done = 0; done < length; done += CHUNK_BYTES) {
      signal.throwIfAborted();
      hash.update(await source.read(offset + done, Math.min(CHUNK_BYTES, length - done), signal));
    }
  }
  return { ranges: joined, digest: hash.digest('hex') };
}

function joinRanges(ranges: Iterable<ByteRange>): ByteRange[] {
  const joined: ByteRange[] = [];
  for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (length === 0) continue;
    if (last && offset <= last.offset + last.length) last.length = Math.max(last.length, offset + length - last.offset);
    else joined.push({ offset, length });
  }
  return joined;
}
