import { expect, test } from 'vitest';
import { PagedItems } from './pagedItems';

const { signal } = new AbortController();

function* failing(): Generator<number, void, undefined> {
  yield 1;
  yield 2;
  throw new Error('the rest cannot be read');
}

async function* failingLater(): AsyncGenerator<number[], void, undefined> {
  yield [1, 2];
  await Promise.resolve();
  throw new Error('the rest cannot be read');
}

test.each([
  ['at once', failing],
  ['while it is waited for', failingLater],
])('what came before a failure %s is a page, and the failure the next one', async (_, items) => {
  const paged = new PagedItems<number>(items());
  const next = (): Promise<unknown> => paged.page(10, signal);
  await expect(next()).resolves.toEqual({ items: [1, 2], end: null });
  await expect(next()).rejects.toThrow('the rest cannot be read');
});

test('a failure with nothing before it is told at once', async () => {
  const paged = new PagedItems<number>(failing());
  await paged.page(2, signal);
  await expect(paged.page(2, signal)).rejects.toThrow('the rest cannot be read');
});

test('whoever cancels gets no page', async () => {
  const controller = new AbortController();
  const paged = new PagedItems<number>(
    (async function* () {
      yield 1;
      controller.abort();
      throw new Error('it was interrupted');
    })(),
  );
  await expect(paged.page(10, controller.signal)).rejects.toThrow();
});
