import type { ByteRange } from '@diskwright/sdk/protocol';

/** What either of two ascending series of runs covers, ascending, without overlaps. */
export async function* unionOfRuns(left: AsyncIterable<ByteRange>, right: AsyncIterable<ByteRange>): AsyncGenerator<ByteRange> {
  const sources = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()];
  const heads = await Promise.all(sources.map((source) => source.next()));
  let joined: ByteRange | null = null;
  for (;;) {
    const [a, b] = heads;
    if (a!.done && b!.done) break;
    const index = b!.done || (!a!.done && a!.value.offset <= b!.value.offset) ? 0 : 1;
    const { offset, length } = heads[index]!.value as ByteRange;
    heads[index] = await sources[index]!.next();
    if (joined && offset <= joined.offset + joined.length) {
      joined.length = Math.max(joined.length, offset + length - joined.offset);
    } else {
      if (joined) yield joined;
      joined = { offset, length };
    }
  }
  if (joined) yield joined;
}
