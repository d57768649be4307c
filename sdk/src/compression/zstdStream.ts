import { ZSTDDecoder } from 'zstddec/stream';

/** So many steps without input or output are none. */
const MAX_IDLE_STEPS = 8;

/**
 * What zstd frames hold that lie one behind the other, piece by piece as it is asked for.
 * @param pieces of the stream, in order
 * @throws Error with the reason, for a stream that is damaged or cut off
 */
export async function* decompressZstdStream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const feed = new Feed(pieces);
  const steps = decoder.decodeStreaming(feed);
  try {
    for (let idle = 0; idle < MAX_IDLE_STEPS;) {
      // The decoder does not wait: what it may ask for at the next step has to be there.
      const wasFed = await feed.prepare();
      const { done, value } = next(steps);
      if (done) return;
      idle = value.length > 0 || wasFed ? 0 : idle + 1;
      if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    // It tells of damage by going no further.
    throw new Error('it is damaged');
  } finally {
    await feed.close();
  }
}

function next(steps: Generator<Uint8Array>): IteratorResult<Uint8Array> {
  try {
    return steps.next();
  } catch {
    throw new Error('its end is missing');
  }
}

/** Pieces for a decoder that asks without waiting, one ahead. */
class Feed implements Iterable<Uint8Array> {
  private readonly source: AsyncIterator<Uint8Array>;
  private piece: Uint8Array | null = null;
  private ended = false;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.source = pieces[Symbol.asyncIterator]();
  }

  /** @returns whether the piece before was taken */
  async prepare(): Promise<boolean> {
    if (this.piece || this.ended) return false;
    const { done, value } = await this.source.next();
    this.ended = done === true;
    this.piece = done ? null : value;
    return true;
  }

  *[Symbol.iterator](): Iterator<Uint8Array> {
    while (this.piece) {
      const { piece } = this;
      this.piece = null;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}
