import type { ByteRange } from '@diskwright/sdk/protocol';
import { expect, it, vi } from 'vitest';
import type { ReadBytes } from '../../api/host';
import { PageCache, pageBytes, pagesFor } from './pageCache';

interface Asked {
  range: ByteRange;
  signal: AbortSignal;
  answer(read: ReadBytes): void;
  fail(error: Error): void;
}

function cacheOf(size: number, limit?: number) {
  const asked: Asked[] = [];
  const onRead = vi.fn();
  const read = (range: ByteRange, signal: AbortSignal) =>
    new Promise<ReadBytes>((answer, fail) => asked.push({ range, signal, answer, fail }));
  return { cache: new PageCache(size, read, onRead, limit), asked, onRead };
}
const viewer = {};
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const bytesOf = ({ range }: Asked): ReadBytes => ({ bytes: new Uint8Array(range.length), unreadable: [] });

it('reads what is wanted, two at a time, each once', async () => {
  const { cache, asked, onRead } = cacheOf(10 * pageBytes);
  cache.want(viewer, [3, 4, 5]);
  cache.want(viewer, [3, 4, 5]);
  expect(asked.map(({ range }) => range.offset / pageBytes)).toEqual([3, 4]);
  asked[0]!.answer(bytesOf(asked[0]!));
  await settle();
  expect(onRead).toHaveBeenCalledOnce();
  expect(asked.map(({ range }) => range.offset / pageBytes)).toEqual([3, 4, 5]);
  expect(cache.get(3)?.bytes).toHaveLength(pageBytes);
});

it('what one viewer leaves is still read for another', () => {
  const { cache, asked } = cacheOf(100 * pageBytes);
  const other = {};
  cache.want(viewer, [1]);
  cache.want(other, [1, 2]);
  cache.want(viewer, [50]);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  cache.leave(other);
  expect(asked.slice(0, 2).map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

it('aborts what was scrolled out', () => {
  const { cache, asked } = cacheOf(100 * pageBytes);
  cache.want(viewer, [1, 2]);
  cache.want(viewer, [50]);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
});

it('the last page is as long as the device', () => {
  const { cache, asked } = cacheOf(pageBytes + 100);
  cache.want(viewer, [1, 2]);
  expect(asked.map(({ range }) => range)).toEqual([{ offset: pageBytes, length: 100 }]);
});

it('cancelling gives up at once and stays so until another place is wanted', () => {
  const { cache, asked } = cacheOf(100 * pageBytes);
  cache.want(viewer, [1]);
  expect(cache.waiting).toMatchObject({ offset: pageBytes });
  cache.cancel();
  expect(cache.waiting).toBeNull();
  cache.want(viewer, [1]);
  expect(asked).toHaveLength(1);
  cache.want(viewer, [7]);
  expect(asked).toHaveLength(2);
});

it('a failed page is asked for again only when told to', async () => {
  const { cache, asked } = cacheOf(100 * pageBytes);
  cache.want(viewer, [1]);
  asked[0]!.fail(new Error('the cable is loose'));
  await settle();
  cache.want(viewer, [1]);
  expect(cache.get(1)?.error).toEqual(new Error('the cable is loose'));
  expect(asked).toHaveLength(1);
  cache.resume();
  expect(asked).toHaveLength(2);
});

it('an answer to an aborted request is not taken for the new one', async () => {
  const { cache, asked } = cacheOf(100 * pageBytes);
  cache.want(viewer, [1]);
  cache.clear();
  asked[0]!.answer(bytesOf(asked[0]!));
  await settle();
  expect(asked).toHaveLength(2);
  expect(cache.get(1)).toBeUndefined();
});

it('keeps no more than its limit, and never drops what is seen', async () => {
  const { cache, asked } = cacheOf(100 * pageBytes, 4 * pageBytes);
  for (let page = 0; page < 8; page += 1) {
    cache.want(viewer, [0, page]);
    for (const request of asked) request.answer(bytesOf(request));
    await settle();
  }
  expect([0, 1, 2, 3, 4, 5, 6, 7].filter((page) => cache.get(page))).toEqual([0, 5, 6, 7]);
});

it('reads ahead the way that is scrolled, the further the faster', () => {
  const visible = { offset: 10 * pageBytes, length: 1000 };
  expect(pagesFor(visible, 0)).toEqual([10, 11, 9]);
  expect(pagesFor(visible, 4 * pageBytes)).toEqual([10, 11, 12]);
  expect(pagesFor(visible, -6 * pageBytes)).toEqual([10, 9, 8, 7]);
  expect(pagesFor(visible, 1e12)).toHaveLength(17);
});
