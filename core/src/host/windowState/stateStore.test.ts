import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { StateStore } from './stateStore';

const MIB = 1024 * 1024;
let folder: string;
let kept: string;
let store: StateStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dw-state-'));
  kept = join(folder, 'workbench');
  await mkdir(kept);
  store = new StateStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const fill = (count: number): Promise<void[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => writeFile(join(kept, `k${index}.json`), '1')));

test('what was written is read, and null takes it away', async () => {
  await store.write('session', { open: ['a'] });
  expect(await store.read('session')).toEqual({ open: ['a'] });
  await store.write('session', null);
  expect(await readdir(kept)).toEqual([]);
});

test('more than 1024 states are not kept; those that are there can be changed and taken away', async () => {
  await fill(1024);
  await expect(store.write('one-more', 1)).rejects.toThrow(/at most 1024 states .* it would be 1025/);
  await store.write('k5', 2);
  await store.write('k6', null);
  await store.write('one-more', 1);
});

test('many at once are counted one after the other', async () => {
  await fill(1020);
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => store.write(`new${index}`, 1)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
});

test('more than 32 MiB together are not kept', async () => {
  await writeFile(join(kept, 'large.json'), '');
  await truncate(join(kept, 'large.json'), 32 * MIB - 10);
  const error: unknown = await store.write('session', 'eleven bytes').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  expect((error as InvalidInputError).detail.todo).toContain(kept);
  await store.write('session', 1);
});

test('one of more than a mebibyte is not kept', async () => {
  await expect(store.write('session', 'x'.repeat(MIB))).rejects.toThrow(/larger than 1048576 bytes/);
});
