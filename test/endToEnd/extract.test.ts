/** `extract` and `cat` over ext4: held against what the kernel shows of the same volume. */
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli';
import { scratchFolder } from '../support/scratch';
import { must, sha256OfFile } from '../support/tool';
import { requireTool } from '../support/tools';

interface Made {
  home: string;
  scratch: string;
  tree: string;
  image: string;
  out: string;
}

/** An ext4 image of a tree that `fill` makes. */
async function made(fill: (tree: string) => Promise<void>): Promise<Made> {
  requireTool('mkfs.ext4');
  const scratch = await scratchFolder();
  const tree = join(scratch, 'tree');
  await mkdir(tree);
  await fill(tree);
  const image = join(scratch, 'volume.img');
  await must('mkfs.ext4', '-q', '-d', tree, image, '64M');
  return { home: join(scratch, 'home'), scratch, tree, image, out: join(scratch, 'out') };
}

const someFiles = async (tree: string): Promise<void> => {
  await mkdir(join(tree, 'folder', 'deep'), { recursive: true });
  await writeFile(join(tree, 'folder', 'small'), 'small\n');
  await writeFile(join(tree, 'folder', 'deep', 'large'), Buffer.alloc(3_000_001, 'large'));
  await symlink('../small', join(tree, 'folder', 'deep', 'link'));
  await utimes(join(tree, 'folder', 'small'), 1e9, 1e9);
};

test('a tree comes out as it went in', async () => {
  const { home, tree, image, out } = await made(someFiles);
  const { status, stderr, stdout } = await cli(['extract', `${image}#0:/`, out], { home });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^summary +6 files and folders, 3000007 bytes$/m);
  expect(status).toBe(0);
  expect((await readdir(out, { recursive: true })).sort()).toEqual(
    [...(await readdir(tree, { recursive: true })), 'lost+found'].sort(),
  );
  expect(await sha256OfFile(join(out, 'folder/deep/large'))).toBe(await sha256OfFile(join(tree, 'folder/deep/large')));
  expect(await readlink(join(out, 'folder/deep/link'))).toBe('../small');
  expect((await stat(join(out, 'folder/small'))).mtimeMs).toBe(1e12);
});

test('holes stay holes', async () => {
  const { home, image, out } = await made(async (tree) => {
    await must('truncate', '-s', '40M', join(tree, 'sparse'));
  });
  expect((await cli(['extract', `${image}#0:/sparse`, out], { home })).status).toBe(0);
  const { size, blocks } = await stat(join(out, 'sparse'));
  expect(size).toBe(40 * 1024 * 1024);
  expect(blocks).toBe(0);
});

test('a link keeps a target that is no text, or is told of', async () => {
  const bytes = Buffer.from('caf\xe9', 'latin1');
  const { home, tree, image, out } = await made(async (folder) => {
    await symlink(bytes, join(folder, 'link'));
    // Too long for the inode.
    await symlink(Buffer.concat([Buffer.alloc(60, 'x/'), bytes]), join(folder, 'long'));
  });
  const { status, stdout } = await cli(['extract', `${image}#0:/`, out], { home });
  expect(await readlink(join(out, 'link'), 'buffer')).toEqual(await readlink(join(tree, 'link'), 'buffer'));
  expect(stdout).toMatch(/^lost +long +where it leads is written as it is shown, and may be called otherwise$/m);
  expect(stdout).not.toMatch(/^lost +link/m);
  expect(status).toBe(0);
});

test('what is there already stays, is left without a word, or is replaced, as one likes', async () => {
  const { home, image, out } = await made(someFiles);
  await mkdir(join(out, 'folder'), { recursive: true });
  const there = join(out, 'folder', 'small');
  await writeFile(there, 'there before');
  const refused = await cli(['extract', `${image}#0:/`, out], { home });
  expect(refused.stdout).toMatch(/exists +folder\/small/);
  expect(refused.status).toBe(1);
  expect(await readFile(there, 'utf8')).toBe('there before');
  expect((await cli(['extract', `${image}#0:/folder`, join(out, 'folder'), '--skip-existing'], { home })).status).toBe(0);
  expect(await readFile(there, 'utf8')).toBe('there before');
  await cli(['extract', `${image}#0:/folder`, join(out, 'folder'), '--overwrite'], { home });
  expect(await readFile(there, 'utf8')).toBe('small\n');
});

test('links that were planted in the destination are not followed', async () => {
  const { home, scratch, image, out } = await made(someFiles);
  const outside = join(scratch, 'outside');
  await mkdir(outside);
  await mkdir(out);
  await symlink(outside, join(out, 'folder'));
  const { status, stdout } = await cli(['extract', `${image}#0:/`, out, '--overwrite'], { home });
  expect(stdout).toMatch(/failed +folder/);
  expect(status).toBe(1);
  expect(await readdir(outside)).toEqual([]);
  expect((await lstat(join(out, 'folder'))).isSymbolicLink()).toBe(true);
});

test('cat writes just the bytes, of a range as well', async () => {
  const { home, tree, image } = await made(someFiles);
  const whole = await cli(['cat', `${image}#0:/folder/deep/large`], { home });
  expect(whole.status).toBe(0);
  expect(whole.stdout).toBe(await readFile(join(tree, 'folder/deep/large'), 'utf8'));
  const { stdout } = await cli(['cat', `${image}#0:/folder/deep/large`, '--offset', '1', '--length', '3'], { home });
  expect(stdout).toBe('arg');
});
