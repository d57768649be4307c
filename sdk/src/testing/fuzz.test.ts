import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { DamagedStructureError } from '../errors';
import { fuzzParser, type FuzzOptions } from './fuzz';
import { damage } from './mutations';
import { ScratchImage } from './scratchImage';
import { SeededRandom } from './seededRandom';

const seeds = [{ name: 'zeros', bytes: Buffer.alloc(16384), sectorSize: 512 as const }];
const base: FuzzOptions = {
  seeds,
  mutate: (image, random) => damage(image, [{ offset: 0, length: 1024 }], random),
  run: async (source) => void (await source.read(0, 512)),
  cases: 50,
  seed: 1,
};

test('counts the cases that end well and those that end in a typed error', async () => {
  const run: FuzzOptions['run'] = async (source) => {
    if ((await source.read(0, 1024)).some((byte) => byte !== 0)) throw new DamagedStructureError('zeros', 'are not zero');
  };
  const report = await fuzzParser({ ...base, run });
  expect(report.completed + (report.refused.DamagedStructure ?? 0)).toBe(50);
  expect(report.completed).toBeGreaterThan(0);
  expect(report.refused.DamagedStructure).toBeGreaterThan(0);
});

test('an untyped error fails and says how to repeat the case', async () => {
  const run = async (): Promise<void> => void Buffer.alloc(1).readUInt8(1);
  await expect(fuzzParser({ ...base, run })).rejects.toThrow(/case 0 \(zeros, repeat with FUZZ_SEED=1 FUZZ_CASE=0\): RangeError/);
});

test('a read outside of the device fails, even when the parser swallows the error', async () => {
  const run: FuzzOptions['run'] = async (source) => void (await source.read(16384, 1).catch(() => undefined));
  await expect(fuzzParser({ ...base, run })).rejects.toThrow('read at 16384, 1 bytes, outside of the device');
});

test('reading beyond the limit fails', async () => {
  const run: FuzzOptions['run'] = async (source) => {
    for (;;) await source.read(0, 1);
  };
  await expect(fuzzParser({ ...base, run, limits: { reads: 10 } })).rejects.toThrow('more than 10 reads');
});

test('memory of the size that a damaged field claims fails, though it is let go at once', async () => {
  const run: FuzzOptions['run'] = async () => void Buffer.alloc(40 * 1024 * 1024);
  await expect(fuzzParser({ ...base, run, limits: { memoryBytes: 32 * 1024 * 1024 } })).rejects.toThrow(
    /allocated \d+ bytes at one go/,
  );
});

test('memory that is held fails, what is garbage does not', async () => {
  const limits = { memoryBytes: 8 * 1024 * 1024 };
  const grow = (held: Buffer[] | null): FuzzOptions['run'] => {
    return async (source) => {
      for (let count = 0; count < 320; count++) {
        await source.read(0, 1);
        const piece = Buffer.alloc(64 * 1024, count);
        held?.push(piece);
      }
    };
  };
  await expect(fuzzParser({ ...base, cases: 2, run: grow(null), limits })).resolves.toMatchObject({ completed: 2 });
  await expect(fuzzParser({ ...base, run: grow([]), limits })).rejects.toThrow(/held \d+ bytes of memory/);
});

test('time of the processor beyond the limit fails', async () => {
  const run: FuzzOptions['run'] = async (source) => {
    const start = process.cpuUsage();
    while (process.cpuUsage(start).user < 60_000);
    await source.read(0, 1);
  };
  await expect(fuzzParser({ ...base, run, limits: { milliseconds: 50 } })).rejects.toThrow(
    'not done after 50 ms of processor time',
  );
});

test('a case that never ends is named, and the process ended', () => {
  const limits = { hangMilliseconds: 200, memoryBytes: 2 ** 40 };
  const { code } = transformSync(readFileSync(join(import.meta.dirname, 'caseWatch.ts')), { loader: 'ts' });
  const use = `await new CaseWatch(${JSON.stringify(limits)}, 'FUZZ_SEED=7').during(3, async () => { for (;;); });`;
  const program = ['--input-type=module', '-e', `${code}\n${use}`];
  const { signal, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8', timeout: 60_000 });
  expect([signal, stderr]).toEqual([
    'SIGKILL',
    expect.stringMatching(/case 3 is not done after \d+ ms: repeat with FUZZ_SEED=7 FUZZ_CASE=3/),
  ]);
});

test('a scratch image shows its changes and leaves the base alone', () => {
  const bytes = Buffer.alloc(10_000, 7);
  const image = new ScratchImage(bytes);
  image.write(4090, Buffer.from('ABCDEFGHIJ'));
  image.write(9998, Buffer.from('XYZ'));
  expect(image.read(4089, 12).toString('latin1')).toBe('\x07ABCDEFGHIJ\x07');
  expect(image.read(9997, 3).toString('latin1')).toBe('\x07XY');
  image.extend(10_002);
  expect(image.read(9999, 3)).toEqual(Buffer.from([0x59, 0, 0]));
  expect(bytes.every((byte) => byte === 7)).toBe(true);
});

test('the same seed and stream give the same values', () => {
  expect(new SeededRandom(5, 9).bytes(8)).toEqual(new SeededRandom(5, 9).bytes(8));
  expect(new SeededRandom(5, 9).bytes(8)).not.toEqual(new SeededRandom(5, 10).bytes(8));
});
