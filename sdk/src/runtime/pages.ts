/** As {@link pullPages}, but page by page, and with the next one on its way while the last one is used. */
export async function* pullAhead<P extends { cursor: string | null }>(
  ask: (cursor: string | undefined) => Promise<P>,
): AsyncGenerator<P, void, undefined> {
  let coming: Promise<P> | null = ask(undefined);
  while (coming) {
    const page: P = await coming;
    coming = page.cursor === null ? null : ask(page.cursor);
    // Told to whoever asks for it; until then nobody may be waiting.
    coming?.catch(() => undefined);
    yield page;
  }
}

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
