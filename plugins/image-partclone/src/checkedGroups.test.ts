import { expect, test } from 'vitest';
import { CheckedGroups } from './checkedGroups';

const BYTES = 16;

/** Fills a buffer with the number of its place, a moment later, and counts how often. */
function filling(place: number, fills: number[]): (buffer: Buffer) => Promise<void> {
  return async (buffer) => {
    fills.push(place);
    await Promise.resolve();
    buffer.fill(place);
  };
}

test('those who want the same group wait for one reading, and have its bytes', async () => {
  const groups = new CheckedGroups(BYTES);
  const fills: number[] = [];
  const copies = await Promise.all([groups.copy(7, 0, 4, filling(7, fills)), groups.copy(7, 12, 16, filling(7, fills))]);
  expect(copies).toEqual([Buffer.alloc(4, 7), Buffer.alloc(4, 7)]);
  expect(fills).toEqual([7]);
});

test('what was copied stays when the memory is used for other groups, of which many are read at once', async () => {
  const groups = new CheckedGroups(BYTES);
  const places = Array.from({ length: 40 }, (_, index) => index + 1);
  const first = await Promise.all(places.map((place) => groups.copy(place, 0, BYTES, filling(place, []))));
  for (const place of places) await groups.copy(100 + place, 0, BYTES, filling(100 + place, []));
  expect(first.map((bytes) => [...new Set(bytes)])).toEqual(places.map((place) => [place]));
});

test('the groups used last are kept', async () => {
  const groups = new CheckedGroups(BYTES);
  const fills: number[] = [];
  for (const place of [1, 2, 3, 4, 5, 6, 7, 8, 1, 9, 1, 2]) await groups.copy(place, 0, 1, filling(place, fills));
  expect(fills).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 2]);
});

test('a group that could not be read is read again by the next, and by who waited for it', async () => {
  const groups = new CheckedGroups(BYTES);
  const fills: number[] = [];
  const failing = groups.copy(3, 0, 1, () => Promise.reject(new Error('cancelled by that reader')));
  const waiting = groups.copy(3, 0, 1, filling(3, fills));
  await expect(failing).rejects.toThrow('cancelled by that reader');
  expect(await waiting).toEqual(Buffer.alloc(1, 3));
  expect(await groups.copy(3, 1, 2, filling(3, fills))).toEqual(Buffer.alloc(1, 3));
  expect(fills).toEqual([3]);
});
