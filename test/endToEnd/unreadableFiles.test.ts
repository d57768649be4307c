/** Files with unreadable sectors in them: what is read of them is right, and what is not is told. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
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

/** An ext2 volume with files in `/`, `/bad` and `/good`, of which `debugfs` damages something. */
async function damagedBy(command: string): Promise<{ home: string; out: string; volume: string }> {
  requireTool('mkfs.ext2', 'debugfs');
  const scratch = await scratchFolder();
  const tree = join(scratch, 'tree');
  for (const folder of ['bad', 'good']) {
    await mkdir(join(tree, folder), { recursive: true });
    await writeFile(join(tree, folder, 'file'), 'content\n');
  }
  const image = join(scratch, 'volume.img');
  await must('mkfs.ext2', '-q', '-b', '4096', '-d', tree, image, '16M');
  await must('debugfs', '-w', '-R', command, image);
  return { home: join(scratch, 'home'), out: join(scratch, 'out'), volume: `${image}#0` };
}

test.each([
  ['a directory that leads nowhere', 'sif /bad block[0] 0xffffff', /^failed +bad +not all that is in it can be read: /m],
  ['a directory of nonsense', 'zap_block -f /bad -p 0x55 0', /^failed +bad +not all that is in it can be read: /m],
  ['a file of no kind', 'sif /bad/file mode 0', /^failed +bad\/file +what kind of file it is cannot be told$/m],
])('extract tells of %s, and writes the others', async (_, command, line) => {
  const { home, volume, out } = await damagedBy(command);
  const { status, stdout } = await cli(['extract', `${volume}:/`, out], { home });
  expect(stdout).toMatch(line);
  expect(status).toBe(1);
  expect(await readFile(join(out, 'good/file'), 'utf8')).toBe('content\n');
  expect(await readdir(join(out, 'bad'))).toEqual([]);
});

/** Behind `.`, `..`, `lost+found` and one of the folders. */
const REST_OF_ROOT = 'zap_block -f / -o 56 -p 0x55 0';

test('ls of a root whose end is damaged lists what is before that, and tells of it', async () => {
  const { home, volume } = await damagedBy(REST_OF_ROOT);
  for (const options of [[], ['--recursive'], ['--long']]) {
    const { status, stdout, stderr } = await cli(['ls', `${volume}:/`, ...options], { home });
    expect(stdout).toMatch(/\/(bad|good)$/m);
    expect(stderr).toMatch(/a directory entry of 21845 bytes at 56 makes no sense/);
    expect(status).not.toBe(0);
  }
});

test('extract of a root whose end is damaged writes what is before that, and tells of it', async () => {
  const { home, volume, out } = await damagedBy(REST_OF_ROOT);
  const { status, stdout } = await cli(['extract', `${volume}:/`, out], { home });
  expect(stdout).toMatch(/^failed +a directory entry of 21845 bytes at 56 makes no sense/m);
  expect(stdout).toMatch(/^summary +3 files and folders, 8 bytes; 1 failed$/m);
  expect(status).toBe(1);
});
