/**
 * Starts work for each item with at most `inFlight` at once, and answers the results in the order of the items. When it is left early, work that
 * was started goes on unobserved.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  inFlight: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<{ item: T; result: R }> {
  const started: { item: T; result: Promise<R> }[] = [];
  const settled = async ({ item, result }: { item: T; result: Promise<R> }) => ({ item, result: await result });
  for await (const item of items) {
    const result = work(item);
    // It is awaited in its turn; until then its failure is no unhandled one.
    result.catch(() => undefined);
    started.push({ item, result });
    if (started.length >= inFlight) yield await settled(started.shift()!);
  }
  while (started.length > 0) yield await settled(started.shift()!);
}
