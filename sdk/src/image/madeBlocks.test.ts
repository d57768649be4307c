import { expect, test } from 'vitest';
import { MadeBlocks } from './madeBlocks';

const block = Buffer.from('block');

test('a block is made once for all who wait for it, and kept', async () => {
  const blocks = new MadeBlocks(5);
  let made = 0;
  const make = async (): Promise<Buffer> => {
    made++;
    return block;
  };
  expect(await Promise.all([blocks.get(0, make), blocks.get(0, make)])).toEqual([block, block]);
  await blocks.get(0, make);
  expect(made).toBe(1);
});

test('what ends one reader is made again for another who waited for it', async () => {
  const blocks = new MadeBlocks(5);
  let cancel: (error: Error) => void = () => undefined;
  const first = blocks.get(0, () => new Promise((_, reject) => (cancel = reject)));
  const second = blocks.get(0, async () => block);
  cancel(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  expect(await second).toEqual(block);
});

test('a block that cannot be made fails for each, and is tried again', async () => {
  const blocks = new MadeBlocks(5);
  const fail = (): Promise<Buffer> => Promise.reject(new Error('damaged'));
  for (const read of [blocks.get(0, fail), blocks.get(0, fail), blocks.get(0, fail)])
    await expect(read).rejects.toThrow('damaged');
  expect(await blocks.get(0, async () => block)).toEqual(block);
});

test('no more are kept than fit, the first made go first', async () => {
  const blocks = new MadeBlocks(5, 10);
  const made: number[] = [];
  const get = (place: number): Promise<Buffer> =>
    blocks.get(place, async () => {
      made.push(place);
      return block;
    });
  for (const place of [1, 2, 3, 3, 2, 1]) await get(place);
  expect(made).toEqual([1, 2, 3, 1]);
});
