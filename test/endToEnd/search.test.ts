import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { scratchFolder } from '../support/scratch';

const GIB = 1024 ** 3;

async function sparseFile(folder: string, size: number, pieces: [offset: number, text: string][]): Promise<string> {
  const path = join(folder, 'disk.img');
  const file = openSync(path, 'w');
  ftruncateSync(file, size);
  for (const [offset, text] of pieces) writeSync(file, text, offset);
  closeSync(file);
  return path;
}

test('hits come as lines of a hex dump, and the number of them at the end', async () => {
  const home = await scratchFolder();
  const disk = await sparseFile(home, 4096 * GIB, [[3072 * GIB, 'a needle here']]);
  const { status, stdout, stderr } = await cli(['search', disk, '--text', 'needle'], { home });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '1 hit.\n' });
  expect(stdout).toBe(`30000000002  6e 65 65 64 6c 65 20 68  65 72 65 00 00 00 00 00  |needle here.....|\n`);
});

test('as JSON, an object a line', async () => {
  const home = await scratchFolder();
  const disk = await sparseFile(home, GIB, [
    [0, 'x1'],
    [GIB - 2, 'x2'],
  ]);
  const { stdout } = await cli(['search', disk, '--regex', 'x\\d', '--json'], { home });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { offset: 0, length: 2, hex: '7831' },
    { offset: GIB - 2, length: 2, hex: '7832' },
  ]);
});

test('nothing found is said, and is no failure', async () => {
  const home = await scratchFolder();
  const disk = await sparseFile(home, GIB, []);
  expect(await cli(['search', disk, '--hex', 'ff'], { home })).toMatchObject({ status: 0, stdout: '', stderr: 'Not found.\n' });
});

test.each([
  [['--hex', '5'], 'character 1'],
  [['--regex', 'a(b'], 'character 2'],
  [['--hex', '55', '--text', 'a'], 'one of --hex, --text and --regex'],
  [[], 'one of --hex, --text and --regex'],
  [['--text', 'a', '--encoding', 'ebcdic'], 'no encoding "ebcdic"'],
  [['--text', 'a', '--limit', '0'], '--limit 0'],
  [['--text', 'a', '--from', '2GiB'], 'it ends at 1073741824'],
])('%j is wrong use', async (options, said) => {
  const home = await scratchFolder();
  const disk = await sparseFile(home, GIB, []);
  const { status, stderr } = await cli(['search', disk, ...options], { home });
  expect({ status, said: stderr.includes(said) }, stderr).toEqual({ status: 2, said: true });
});
