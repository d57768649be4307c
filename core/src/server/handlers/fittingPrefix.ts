/** Well below the largest message. */
const MAX_BYTES = 768 * 1024;

/** As many of the first items as fit into one message, at least one: whoever pages goes on by the number that came. */
export function fittingPrefix<T>(items: readonly T[]): T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => (bytes += bytesOf(item)) > MAX_BYTES && index > 0);
  return end < 0 ? [...items] : items.slice(0, end);
}

/** All items in their order, but for the largest ones where they do not fit into one message together: one plugin takes no room from the others. */
export function fittingItems<T>(items: readonly T[]): T[] {
  const sized = items.map((item, index) => ({ index, bytes: bytesOf(item) }));
  let bytes = 0;
  const left = sized.sort((a, b) => a.bytes - b.bytes).filter((item) => (bytes += item.bytes) <= MAX_BYTES);
  return left.sort((a, b) => a.index - b.index).map(({ index }) => items[index]!);
}

/** In a message, with the comma behind it. */
function bytesOf(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1;
}
