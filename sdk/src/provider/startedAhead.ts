/**
 * What `items` iterates over, the first ones of which are made at once: whoever is to go through several iterations, one after the other, lets them all begin to
 * read. What is thrown is thrown when it is its turn.
 * @param most how many are made before anybody asks for them
 */
export function startedAhead<T>(items: AsyncIterable<T>, most: number): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const start = begun(iterator, most);
  return (async function* () {
    const { made, end } = await start;
    yield* made;
    if (end?.kind === 'error') throw end.error;
    if (end) return;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
}

interface Start<T> {
  made: T[];
  /** Null while there is more. */
  end: { kind: 'done' } | { kind: 'error'; error: unknown } | null;
}

async function begun<T>(iterator: AsyncIterator<T>, most: number): Promise<Start<T>> {
  const made: T[] = [];
  try {
    while (made.length < most) {
      const next = await iterator.next();
      if (next.done) return { made, end: { kind: 'done' } };
      made.push(next.value);
    }
    return { made, end: null };
  } catch (error) {
    return { made, end: { kind: 'error', error } };
  }
}
