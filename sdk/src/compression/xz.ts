import { XzReadableStream } from 'xz-decompress';

/**
 * The bytes of an xz stream, piece by piece as they are asked for, checked by the sums within it. Ended early, it frees what it holds. One stream at a
 * time is decompressed in a process: others wait, so each has to be ended.
 * @param pieces of the stream, in order
 * @throws Error with the reason, for a stream that is damaged or cut off
 */
export async function* decompressXz(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const source = pieces[Symbol.asyncIterator]();
  let failure: unknown = null;
  // Nothing is asked for ahead of the decoder: a failure of the source would come to it before the last piece did.
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
    },
    { highWaterMark: 0 },
  );
  const reader = new XzReadableStream(compressed).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  } catch (error) {
    throw failure ?? new Error(reasonOf((error as Error).message));
  } finally {
    await reader.cancel().catch(() => undefined);
    await source.return?.();
  }
}

/** By the number that XZ Embedded has for it (`enum xz_ret`). */
function reasonOf(message: string): string {
  switch (/error code (\d+)/.exec(message)?.[1]) {
    case '3':
    case '4':
      return 'it needs more memory than there is for it';
    case '5':
      return 'it does not begin with the mark of xz';
    case '6':
      return 'it is compressed with a filter or check that is not known here';
    case '8':
      return 'its end is missing';
    default:
      return 'it is damaged';
  }
}
