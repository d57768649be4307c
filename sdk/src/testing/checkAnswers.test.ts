import { expect, test } from 'vitest';
import { MemorySource } from '../block/index';
import type { Filesystem } from '../provider/index';
import { checkAnswers } from './checkAnswers';
import { makeToyVolume, toyProvider } from './toyFilesystem';

const { signal } = new AbortController();
const silent = (): void => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent };
const source = new MemorySource(makeToyVolume());

/** The answers of the toy filesystem with some of them changed. */
async function answers(change: Partial<Filesystem>): Promise<Filesystem> {
  return { ...(await toyProvider.open(source, { signal, offset: 0, log })), ...change };
}

test('sound answers pass', async () => {
  await checkAnswers(await answers({}), source, signal);
});

test.each<[string, Partial<Filesystem>, RegExp]>([
  ['of another form', { check: async () => [{}] as never }, /^filesystem\/check is answered wrongly: findings\/0/],
  ['beyond the volume', { signatures: async () => [{ offset: 8191, length: 2, name: 'mark' }] }, /^signature at 8191, 2 bytes/],
  ['that contradict themselves', { allocation: async () => ({ confidence: 'exact', extents: null, reasons: [] }) }, /has no ext/],
])('answers %s do not', async (_what, change, message) => {
  await expect(checkAnswers(await answers(change), source, signal)).rejects.toThrow(message);
});
