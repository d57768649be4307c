import { expect, test } from 'vitest';
import { contains } from './contains';

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
const find = (pattern: string, ...texts: string[]): Promise<boolean> => contains(pieces(...texts), [Buffer.from(pattern)]);

test('inside of a piece, and across any number of borders', async () => {
  expect(await find('needle', 'a needle')).toBe(true);
  expect(await find('needle', 'a nee', 'dle')).toBe(true);
  expect(await find('needle', 'n', 'e', 'e', 'd', 'l', 'e')).toBe(true);
  expect(await find('x', 'a', 'x')).toBe(true);
});

test('not what only looks like it', async () => {
  expect(await find('needle', 'nee', 'xdle', 'needl')).toBe(false);
  expect(await find('x')).toBe(false);
});
