/** Plugins as they were packed by earlier SDKs, in `plugins/<version of the protocol>`: they work with the host of today, and do so for ever. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleGround, examples, installExample } from '../support/exampleUse';

const folder = join(import.meta.dirname, 'plugins');
const frozen = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.tgz')).sort();

test('there are plugins of every kind, one of them in another language', () => {
  const names = new Set(frozen.map((path) => basename(path, '.tgz')));
  expect([...names].sort()).toEqual(Object.keys(examples).sort());
});

test.each(frozen)('%s', async (path) => {
  const { id, use } = examples[basename(path, '.tgz')]!;
  const ground = await exampleGround();
  await installExample(join(folder, path), id, ground);
  await use(ground);
});
