import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { CancelledError } from '../errors';
import { faultySource } from '../testing/faultySource';
import { MemorySource } from './memorySource';
import { PageCache } from './pageCache';

it('reads what shares a page with an unreadable sector', async () => {
  const content = randomBytes(256 * 1024);
  const cache = new PageCache(faultySource(new MemorySource(content, 512), { errors: [{ offset: 5120, length: 512 }] }));
  expect((await cache.read(0, 5120)).equals(content.subarray(0, 5120))).toBe(true);
  expect((await cache.read(5632, 100_000)).equals(content.subarray(5632, 105_632))).toBe(true);
  await expect(cache.read(5000, 200)).rejects.toMatchObject({ code: 'MediaError', detail: { offset: 5120, length: 80 } });
});

it('reads ahead for whoever reads on, and no more than is asked for here and there', async () => {
  const { cache, asked } = recorded(1024 * 1024);
  await cache.read(0, 100);
  await cache.read(16_384, 100);
  await cache.read(70_000, 100);
  await cache.read(500_000, 100);
  expect(asked).toEqual([
    [0, 16_384],
    [16_384, 65_536],
    [491_520, 16_384],
  ]);
});

it('takes nothing from those who wait for a page when the one who fetches it gives up', async () => {
  const content = randomBytes(16_384);
  const read = (offset: number, length: number, signal?: AbortSignal): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      if (signal !== first.signal) resolve(content.subarray(offset, offset + length));
    });
  const first = new AbortController();
  const cache = new PageCache({ size: content.length, sectorSize: 512, read });
  const fetching = cache.read(0, 100, first.signal);
  const waiting = cache.read(200, 100, new AbortController().signal);
  first.abort(new CancelledError());
  await expect(fetching).rejects.toMatchObject({ code: 'Cancelled' });
  expect((await waiting).equals(content.subarray(200, 300))).toBe(true);
});

it('keeps nothing of a scan of large pieces', async () => {
  const { cache, asked } = recorded(4 * 1024 * 1024);
  await cache.read(1000, 2 * 1024 * 1024);
  await cache.read(1000, 10);
  expect(asked).toEqual([
    [1000, 2 * 1024 * 1024],
    [0, 16_384],
  ]);
});

it('fills memory of the caller, from its pages where it has them, and keeps nothing', async () => {
  const content = randomBytes(64 * 1024);
  const asked: number[] = [];
  const base = new MemorySource(content, 512);
  const read = (offset: number, length: number): Promise<Buffer> => {
    asked.push(offset);
    return base.read(offset, length);
  };
  const cache = new PageCache({ size: base.size, sectorSize: 512, read });
  const memory = Buffer.alloc(1000);
  await cache.read(20_000, 10);
  for (const offset of [20_100, 40_000, 40_000]) {
    await cache.readInto(offset, memory);
    expect(memory.equals(content.subarray(offset, offset + 1000))).toBe(true);
  }
  expect(asked).toEqual([16_384, 40_000, 40_000]);
});

function recorded(size: number): { cache: PageCache; asked: [number, number][] } {
  const content = new MemorySource(Buffer.alloc(size), 512);
  const asked: [number, number][] = [];
  const read = (offset: number, length: number): Promise<Buffer> => {
    asked.push([offset, length]);
    return content.read(offset, length);
  };
  return { cache: new PageCache({ size, sectorSize: 512, read }), asked };
}
