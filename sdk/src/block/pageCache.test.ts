import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
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
