import { expect, it } from 'vitest';
import type { ContentSegment, FilesystemEntry } from '@diskwright/sdk/protocol';
import { segmentsOfRange } from './contentRange';
import { type DirectoryPage, DirectoryPages } from './directoryPages';

const entry = (index: number): FilesystemEntry => ({
  path: `f${index}`,
  node: String(index),
  type: 'file',
  size: 0,
  mtime: null,
});

/** A directory of so many entries that counts how often it is listed. */
function directory(total: number): { pages: DirectoryPages; listings: () => number } {
  let listings = 0;
  async function* list(): AsyncGenerator<FilesystemEntry> {
    listings++;
    for (let index = 0; index < total; index++) yield await Promise.resolve(entry(index));
  }
  return { pages: new DirectoryPages(list), listings: () => listings };
}

it('goes on where a page ended, without listing anew', async () => {
  const { pages, listings } = directory(5000);
  const names: string[] = [];
  for (let from: number | null = 0; from !== null;) {
    const page: DirectoryPage = await pages.page('root', from);
    names.push(...page.entries.map(({ path }) => path));
    from = page.next;
  }
  expect(names).toEqual(Array.from({ length: 5000 }, (_, index) => `f${index}`));
  expect(listings()).toBe(1);
});

it('answers a place that nobody stopped at', async () => {
  const { pages, listings } = directory(3000);
  const page = await pages.page('root', 2900);
  expect(page.entries.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, index) => `f${2900 + index}`));
  expect(page.next).toBeNull();
  expect(listings()).toBe(1);
});

it('shows what came before a failure, and tells of that on the next page', async () => {
  const pages = new DirectoryPages(async function* () {
    yield await Promise.resolve(entry(0));
    throw new Error('the rest cannot be read');
  });
  const { entries, next } = await pages.page('root', 0);
  expect(entries.map(({ path }) => path)).toEqual(['f0']);
  await expect(pages.page('root', next!)).rejects.toThrow('the rest cannot be read');
});

it('ends when it is cancelled', async () => {
  const { pages } = directory(10);
  await expect(pages.page('root', 0, AbortSignal.abort())).rejects.toThrow();
});

async function* content(...segments: ContentSegment[]): AsyncGenerator<ContentSegment> {
  for (const segment of segments) yield await Promise.resolve(segment);
}

it('cuts the runs of a content to a range, from the start of the device', async () => {
  const runs = (): AsyncGenerator<ContentSegment> =>
    content(
      { kind: 'extent', offset: 4096, length: 1000 },
      { kind: 'zeros', length: 500 },
      { kind: 'inline', bytes: Buffer.from('abcdef').toString('base64') },
      { kind: 'served', length: 100 },
    );
  expect(await segmentsOfRange(runs(), { offset: 900, length: 604 }, 1_000_000)).toEqual([
    { kind: 'extent', offset: 1_004_996, length: 100 },
    { kind: 'zeros', length: 500 },
    { kind: 'inline', bytes: Buffer.from('abcd').toString('base64') },
  ]);
  expect(await segmentsOfRange(runs(), { offset: 1505, length: 1000 }, 0)).toEqual([
    { kind: 'inline', bytes: Buffer.from('f').toString('base64') },
    { kind: 'served', length: 100 },
  ]);
  expect(await segmentsOfRange(runs(), { offset: 2000, length: 10 }, 0)).toEqual([]);
});
