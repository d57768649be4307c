import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { runTool, toolsMissing } from '@diskwright/sdk/testing';
import { ExtImage, extTools } from '../testing/extImage';
import { fileCases } from '../testing/fileCases';
import { makeTree } from '../testing/makeTree';
import { openImage, signal } from '../testing/openImage';
import { kernelTree, providerTree, type TreeFile } from '../testing/readTree';

const mebibyte = 1024 * 1024;
const cannotMount = toolsMissing(...extTools) || process.getuid?.() !== 0;

function imageOf(args: readonly string[], size = 256 * mebibyte): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(size, args);
}

describe.skipIf(cannotMount)('a tree made by the kernel is what the kernel says', () => {
  test.each(fileCases)('%s', async (_name, args) => {
    const image = imageOf(args).mounted((folder) => makeTree(folder, 1));
    let expected = new Map<string, TreeFile>();
    image.mounted((folder) => (expected = kernelTree(folder)), 'loop,ro');
    const found = await providerTree(await openImage(image.path), image.path);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    expect(expected.size).toBeGreaterThan(240);
    for (const [path, file] of expected) expect([path, found.get(path)]).toEqual([path, file]);
  });
});

describe.skipIf(toolsMissing(...extTools))('files', () => {
  test.skipIf(cannotMount)(
    'a hundred thousand in one directory are all listed',
    async () => {
      const image = imageOf(['-t', 'ext4', '-b', '1024', '-N', '120000', '-O', '^has_journal']).mounted((folder) => {
        mkdirSync(join(folder, 'many'));
        for (let index = 0; index < 100_000; index++) symlinkSync(`file${index}`, join(folder, 'many', String(index)));
      });
      const filesystem = await openImage(image.path);
      const { node } = (await filesystem.lookup!('/many', signal))!;
      const startedAt = performance.now();
      const seen = new Set<string>();
      for await (const { path, size } of filesystem.readdir!(node, signal)) {
        seen.add(path);
        if (size !== path.length + 4) throw new Error(`${path} has ${size} bytes`);
      }
      process.stdout.write(`100 000 entries: ${Math.round(performance.now() - startedAt)} ms\n`);
      expect(seen.size).toBe(100_000);
      expect((await filesystem.lookup!('/many/99999', signal))!.type).toBe('symlink');
      expect(await filesystem.lookup!('/many/100000', signal)).toBeNull();
    },
    120_000,
  );

  test.each(fileCases)('the blocks of a file are those that debugfs lists (%s)', async (_name, args) => {
    const folder = new ExtImage();
    onTestFinished(() => folder.remove());
    ExtImage.makeFiles(join(folder.folder, 'tree'), 3, 12, 300_000);
    const image = imageOf([...args, '-d', join(folder.folder, 'tree')], 96 * mebibyte).fragment(5, 30, 200_000);
    const filesystem = await openImage(image.path);
    const { blockSize } = await filesystem.info(signal);
    let compared = 0;
    for await (const { path, node, type } of filesystem.readdir!('2', signal)) {
      if (type !== 'file') continue;
      const listed = runTool('debugfs', ['-R', `blocks <${node}>`, image.path])
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map(Number);
      const extents = await filesystem.extentsOf!(node, signal);
      const blocks = extents.flatMap(({ offset, length }) =>
        Array.from({ length: length / blockSize }, (_, index) => offset / blockSize + index),
      );
      // debugfs lists the blocks of the map as well.
      const maps = listed.filter((block) => !blocks.includes(block));
      expect([path, listed.filter((block) => !maps.includes(block))]).toEqual([path, blocks]);
      expect(maps.length).toBeLessThanOrEqual(1 + Math.ceil(blocks.length / 256));
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });

  test.skipIf(cannotMount || toolsMissing('python3'))(
    'extended attributes are those that debugfs shows, in the inode, in a block and in an inode of their own',
    async () => {
      const image = imageOf(['-t', 'ext4', '-O', 'ea_inode', '-I', '256']);
      writeFileSync(join(image.folder, 'file'), 'content');
      image.debugfs([
        `write ${join(image.folder, 'file')} file`,
        'ea_set file user.short value',
        `ea_set file user.block ${'b'.repeat(200)}`,
        'ea_set file security.selinux context',
      ]);
      const setLarge = `import os, sys; os.setxattr(sys.argv[1], 'trusted.large', bytes([7]) * 40000)`;
      image.mounted((folder) => runTool('python3', ['-c', setLarge, join(folder, 'file')]));
      const filesystem = await openImage(image.path);
      const { node } = (await filesystem.lookup!('/file', signal))!;
      const streams = await filesystem.streams!(node, signal);
      const found = new Map(streams.map(({ name, size, value }) => [name, value?.toString() ?? size]));
      expect(found).toEqual(
        new Map<string, string | number>([
          ['user.short', 'value'],
          ['user.block', 'b'.repeat(200)],
          ['security.selinux', 'context'],
          ['trusted.large', 40_000],
        ]),
      );
      const content = await filesystem.contentOf!(node, 'trusted.large', signal);
      expect(content.size).toBe(40_000);
    },
  );

  test('encrypted directories and files say so, and give no cipher text as content', async () => {
    const image = imageOf(['-t', 'ext4', '-O', 'encrypt']);
    mkdirSync(join(image.folder, 'x'));
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([
      'mkdir secret',
      'cd secret',
      `write ${join(image.folder, 'file')} file`,
      'cd ..',
      'sif secret flags 0x80800',
      'sif secret/file flags 0x80800',
    ]);
    const filesystem = await openImage(image.path);
    const secret = (await filesystem.lookup!('/secret', signal))!;
    for await (const { path, rawName, node } of filesystem.readdir!(secret.node, signal)) {
      expect(path).toBe(`encrypted:${Buffer.from('file').toString('base64url')}`);
      expect(Buffer.from(rawName!, 'base64').toString()).toBe('file');
      await expect(filesystem.contentOf!(node, undefined, signal)).rejects.toThrow(NotSupportedError);
      expect((await filesystem.extentsOf!(node, signal)).length).toBe(1);
    }
  });

  test('a wrong checksum of an inode or a directory is a finding, and its files are listed all the same', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([`write ${join(image.folder, 'file')} file`]);
    const before = await openImage(image.path);
    expect(await before.check(signal)).toEqual([]);
    const [root] = await before.extentsOf!('2', signal);
    const { node } = (await before.lookup!('/file', signal))!;
    const imap = runTool('debugfs', ['-R', `imap <${node}>`, image.path]);
    const [, block, place] = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(imap)!;
    image.flipBit(Number(block) * 1024 + Number(place) + 8);
    image.flipBit(root!.offset + root!.length - 1);
    const after = await openImage(image.path);
    expect((await after.check(signal)).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['ext.inode.checksum', 'ext.directory.checksum']),
    );
    expect((await after.lookup!('/file', signal))!.size).toBe(7);
  });

  test('deleted files are not listed', async () => {
    const image = imageOf(['-t', 'ext4']);
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([`write ${join(image.folder, 'file')} file`, 'rm file']);
    const listed: string[] = [];
    for await (const { path } of (await openImage(image.path)).readdir!('2', signal)) listed.push(path);
    expect(listed).toEqual(['lost+found']);
  });
});
