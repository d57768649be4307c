/** Well below the largest message. */
const MAX_CHARACTERS = 512 * 1024;

/** As many of the first items as fit into one message, at least one: whoever pages goes on by the number that came. */
export function fittingPrefix<T>(items: readonly T[]): T[] {
  let characters = 0;
  const end = items.findIndex((item, index) => (characters += JSON.stringify(item).length) > MAX_CHARACTERS && index > 0);
  return end < 0 ? [...items] : items.slice(0, end);
}

/** All items in their order, but for the largest ones where they do not fit into one message together: one plugin takes no room from the others. */
export function fittingItems<T>(items: readonly T[]): T[] {
  const sized = items.map((item, index) => ({ index, characters: JSON.stringify(item).length }));
  let characters = 0;
  const left = sized
    .sort((a, b) => a.characters - b.characters)
    .filter((item) => (characters += item.characters) <= MAX_CHARACTERS);
  return left.sort((a, b) => a.index - b.index).map(({ index }) => items[index]!);
}
