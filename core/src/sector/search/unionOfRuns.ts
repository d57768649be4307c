import type { ByteRange } from '@diskwright/sdk/protocol';
import { ENOUGH_BYTES } from './dataRuns';

/** What either of two ascending series of runs covers, ascending, without overlaps; joined as {@link dataRuns} does. */
export async function* unionOfRuns(left: AsyncIterable<ByteRange>, right: AsyncIterable<ByteRange>): AsyncGenerator<ByteRange> {
  const sources = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()];
  const heads = await Promise.all(sources.map((source) => source.next()));
  let joined: ByteRange | null = null;
  /** Where what was yielded ends. */
  let told = 0;
  for (;;) {
    const [a, b] = heads;
    if (a!.done && b!.done) break;
    const index = b!.done || (!a!.done && a!.value.offset <= b!.value.offset) ? 0 : 1;
    const run = heads[index]!.value as ByteRange;
    heads[index] = await sources[index]!.next();
    const end = run.offset + run.length;
    const offset = Math.max(run.offset, told);
    if (end <= told) continue;
    if (joined && offset <= joined.offset + joined.length) {
      joined.length = Math.max(joined.length, end - joined.offset);
    } else {
      if (joined) yield joined;
      joined = { offset, length: end - offset };
    }
    if (joined.length < ENOUGH_BYTES) continue;
    told = joined.offset + joined.length;
    yield joined;
    joined = null;
  }
  if (joined) yield joined;
}
