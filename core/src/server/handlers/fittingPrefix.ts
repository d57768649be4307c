/** Well below the largest message. */
const MAX_CHARACTERS = 512 * 1024;

/** As many of the first items as fit into one message, at least one: whoever pages goes on by the number that came. */
export function fittingPrefix<T>(items: readonly T[]): T[] {
  let characters = 0;
  const end = items.findIndex((item, index) => (characters += JSON.stringify(item).length) > MAX_CHARACTERS && index > 0);
  return end < 0 ? [...items] : items.slice(0, end);
}
