/** Iterates over a long result, asking for the next page only when the last one is used up: that is the back-pressure. */
export async function* pullPages<P extends { cursor: string | null }, Item>(
  ask: (cursor: string | undefined) => Promise<P>,
  itemsOf: (page: P) => Item[],
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    yield* itemsOf(page);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}
