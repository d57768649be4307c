/**
 * Calls `action` for each item, at most `limit` at the same time, taking items in order as room comes free. After a failure no
 * further item is taken; what is under way ends first.
 * @throws what failed first
 */
export async function forEachInFlight<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      while (failures.length === 0) {
        const next = await iterator.next();
        if (next.done) return;
        await action(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  await iterator.return?.();
  if (failures.length > 0) throw failures[0];
}
