/** Files with unreadable sectors in them: what is read of them is right, and what is not is told. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { damagedExport } from '../support/damagedExport';
import { fuseFile } from '../support/nbdExport';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

/** A page, which a file on FUSE is read by. */
const LOST_BYTES = 4096;
/** Of the file `bad`. */
const LOST_AT = 5 * LOST_BYTES;

interface Damaged {
  home: string;
  out: string;
  /** How the volume is named that has unreadable sectors, by what gives it its bytes. */
  volume: string;
  /** The file's content with zeros for what is lost. */
  expected: Buffer;
}

/** An ext4 volume with the files `bad` and `good`; some of `bad` cannot be read. `by`: an NBD export, or such a file. */
async function damaged(by: 'export' | 'file'): Promise<Damaged> {
  requireTool('mkfs.ext4', 'nbdkit', 'nbdfuse', 'fusermount3');
  const scratch = await scratchFolder();
  const tree = join(scratch, 'tree');
  await mkdir(tree);
  const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index} of the file\n`).join('');
  const bytes = Buffer.from(lines);
  await writeFile(join(tree, 'bad'), bytes);
  await writeFile(join(tree, 'good'), 'good\n');
  const image = join(scratch, 'volume.img');
  await must('mkfs.ext4', '-q', '-b', '4096', '-d', tree, image, '16M');
  const start = (await readFile(image)).indexOf(bytes.subarray(0, 4096));
  const { uri } = await damagedExport(image, [{ offset: start + LOST_AT, length: LOST_BYTES }]);
  const device = by === 'export' ? uri : await fuseFile(uri, scratch);
  const expected = Buffer.from(bytes).fill(0, LOST_AT, LOST_AT + LOST_BYTES);
  return { home: join(scratch, 'home'), out: join(scratch, 'out'), volume: `${device}#0`, expected };
}

test.each(['export', 'file'] as const)('cat writes zeros and says where, of what is an %s', async (by) => {
  const { home, volume, expected } = await damaged(by);
  const { status, stdout, stderr } = await cli(['cat', `${volume}:/bad`], { home });
  expect(status).toBe(4);
  expect(stdout === expected.toString()).toBe(true);
  expect(stderr).toMatch(/4096 bytes cannot be read.*\n +4096 bytes at 20480$/m);
});

test.each(['export', 'file'] as const)('extract writes zeros and says of which file, of what is an %s', async (by) => {
  const { home, volume, expected, out } = await damaged(by);
  const { status, stdout } = await cli(['extract', `${volume}:/`, out], { home });
  expect(status).toBe(4);
  expect(stdout).toMatch(/^holes +bad +4096 bytes cannot be read; zeros stand in their place, first at 20480$/m);
  expect((await readFile(join(out, 'bad'))).equals(expected)).toBe(true);
  expect(await readFile(join(out, 'good'), 'utf8')).toBe('good\n');
});

test('checksums give none for such a file, and go on', async () => {
  const { home, volume } = await damaged('export');
  const { status, stdout, stderr } = await cli(['checksums', `${volume}:/`], { home });
  expect(status).toBe(4);
  expect(stdout).toMatch(/^[0-9a-f]{64} {2}good$/m);
  expect(stdout).not.toMatch(/^[0-9a-f]{64} {2}bad$/m);
  expect(stderr).toMatch(/bad: .*cannot read/);
});

test('find tells of such a file beside what it found', async () => {
  const { home, volume } = await damaged('export');
  const { status, stdout, stderr } = await cli(['find', `${volume}:/`, '--text', 'good'], { home });
  expect(status).toBe(4);
  expect(stdout).toMatch(/good/);
  expect(stdout + stderr).toMatch(/bad.*cannot read/);
});
