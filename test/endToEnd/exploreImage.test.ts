/** The commands of explore-image on an ext4 volume, held against the tree that it was made of, sha256sum and debugfs. */
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

interface Listed {
  path: string;
  type: string;
  size: number;
  mtime: number;
}

/** A tree with names that a terminal, a shell or a checksum file could trip over, and an image of it. */
async function volume(): Promise<{ home: string; scratch: string; tree: string; image: string }> {
  requireTool('mkfs.ext4');
  const scratch = await scratchFolder();
  const tree = join(scratch, 'tree');
  await mkdir(join(tree, 'dir', 'deeper'), { recursive: true });
  await writeFile(join(tree, 'plain.txt'), 'hello\n');
  await writeFile(
    join(tree, 'dir', 'deeper', 'needle.bin'),
    Buffer.concat([Buffer.alloc(512 * 1024 - 3, 1), Buffer.from('needle')]),
  );
  for (const name of ['back\\slash', 'new\nline', 'end\r', 'escape\x1b[31m', 'right\u202eleft', 'emoji \u{1f600}'])
    await writeFile(join(tree, name), name);
  await writeFile(Buffer.concat([Buffer.from(`${tree}/no text `), Buffer.of(0xff, 0xfe)]), 'raw');
  await symlink('dir/deeper', join(tree, 'link'));
  await writeFile(join(tree, 'sparse'), 'x');
  await truncate(join(tree, 'sparse'), 40 * 1024 * 1024);
  const image = join(scratch, 'volume.img');
  await must('mkfs.ext4', '-q', '-d', tree, image, '32M');
  return { home: join(scratch, 'home'), scratch, tree, image };
}

const linesOf = (text: string): Listed[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Listed);

test('ls -R lists names, types, sizes and times as find does', async () => {
  const { home, tree, image } = await volume();
  const { status, stdout } = await cli(['--json', 'ls', image, '-R'], { home });
  expect(status).toBe(0);
  const found = linesOf(stdout).filter(({ path }) => path !== '/lost+found' && !path.startsWith('/no text'));
  const printed = execFileSync('find', [tree, '-mindepth', '1', '-printf', '/%P\\0%y\\0%s\\0%T@\\0\\0'], { encoding: 'latin1' });
  const expected = Buffer.from(printed, 'latin1')
    .toString('utf8')
    .split('\0\0')
    .filter((entry) => entry !== '' && !entry.startsWith('/no text'))
    .map((entry) => entry.split('\0'));
  expect(found.map(({ path }) => path).sort()).toEqual(expected.map(([path]) => path!).sort());
  for (const [path, type, size, seconds] of expected) {
    const entry = found.find((candidate) => candidate.path === path)!;
    expect(entry.type[0]).toBe(type === 'l' ? 's' : type);
    if (type !== 'd') expect(entry.size).toBe(Number(size));
    expect(Math.abs(entry.mtime - Number(seconds) * 1000)).toBeLessThan(1000);
  }
});

test('names are harmless in a terminal', async () => {
  const { home, image } = await volume();
  const { stdout } = await cli(['ls', `${image}#0`], { home });
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
  expect(stdout).toContain('/new\\x0aline');
});

test('ls goes by way of links, and stat looks at them', async () => {
  const { home, image } = await volume();
  const { stdout } = await cli(['--json', 'ls', `${image}#0:/link`], { home });
  expect(linesOf(stdout).map(({ path }) => path)).toEqual(['/dir/deeper/needle.bin']);
  const stat = await cli(['--json', 'stat', `${image}#0:/link`], { home });
  expect((await cli(['ls', '-l', `${image}#0`], { home })).stdout).toMatch(/^lrwxrwxrwx .*\/link +dir\/deeper$/m);
  expect(JSON.parse(stat.stdout)).toMatchObject({ path: '/link', type: 'symlink', target: 'dir/deeper' });
});

test('sha256sum takes the checksums, whatever the names are', async () => {
  const { home, scratch, tree, image } = await volume();
  const { status, stdout } = await cli(['checksums', `${image}#0:/dir`], { home });
  expect(status).toBe(0);
  await writeFile(join(scratch, 'sums'), stdout);
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', join(scratch, 'sums')], { cwd: join(tree, 'dir') });
  const program = `"${process.execPath}" "${join(import.meta.dirname, '../../core/bin/diskwright.cjs')}" checksums "${image}#0" | sha256sum --check --strict --quiet`;
  // Through a pipe: bytes that are no text would not outlive a string.
  execFileSync('bash', ['-o', 'pipefail', '-c', program], { cwd: tree, env: { ...process.env, DISKWRIGHT_HOME: home } });
});

test('find looks at names, sizes and content, also across the pieces that it reads', async () => {
  const { home, image } = await volume();
  const paths = async (...options: string[]): Promise<string[]> => {
    const { stdout } = await cli(['--json', 'find', `${image}#0`, ...options], { home });
    return linesOf(stdout).map(({ path }) => path);
  };
  expect(await paths('--text', 'needle')).toEqual(['/dir/deeper/needle.bin']);
  expect(await paths('--name', 'PLAIN.*', '--ignore-case')).toEqual(['/plain.txt']);
  expect(await paths('--min-size', '1M')).toEqual(['/sparse']);
  expect(await paths('--type', 'directory', '--name', 'dee*')).toEqual(['/dir/deeper']);
});

test('extents are where debugfs says that they are', async () => {
  requireTool('debugfs');
  const { home, image } = await volume();
  const { stdout } = await cli(['--json', 'extents', `${image}#0:/plain.txt`], { home });
  const [block] = execFileSync('debugfs', ['-R', 'blocks /plain.txt', image], { encoding: 'utf8', stdio: 'pipe' })
    .trim()
    .split(' ');
  const [first] = stdout.split('\n');
  const extent = JSON.parse(first!) as { offset: number; length: number; fileOffset: number };
  expect(extent).toMatchObject({ fileOffset: 0, length: 6 });
  expect([1024, 4096].map((blockSize) => Number(block) * blockSize)).toContain(extent.offset);
});

test('a damaged directory is told and counted, and hides no other', async () => {
  requireTool('debugfs');
  const { home, image } = await volume();
  execFileSync('debugfs', ['-w', '-R', 'set_inode_field /dir/deeper block[0] 0x12345678', image], { stdio: 'pipe' });
  const { status, stdout, stderr } = await cli(['ls', `${image}#0`, '-R'], { home });
  expect(status).toBe(4);
  expect(stdout).toContain('/plain.txt');
  expect(stderr).toMatch(/^\/dir\/deeper: /m);
  expect(stderr).toContain('1 entry could not be read');
});

test.each([
  ['a path that leads nowhere', '#0:/nowhere', /there is no \/nowhere/],
  ['a file in the place of a directory', '#0:/plain.txt', /is a file, and a directory is needed/],
])('%s ends with status 1 and says so', async (_name, suffix, message) => {
  const { home, image } = await volume();
  const { status, stdout, stderr } = await cli(['ls', `${image}${suffix}`], { home });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
});

test('a volume that nothing can read ends with status 1 and says so', async () => {
  const scratch = await scratchFolder();
  const image = join(scratch, 'noise.img');
  await writeFile(image, Buffer.alloc(1024 * 1024, 0xa5));
  const { status, stderr } = await cli(['ls', `${image}#0:/`], { home: join(scratch, 'home') });
  expect(status).toBe(1);
  expect(stderr).toMatch(/no plugin can read what this volume holds/);
});
