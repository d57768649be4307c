import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { listedInTables, runPython, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { ExtImage, extTools } from '../testing/extImage';
import { fileCases } from '../testing/fileCases';
import { openImage, signal } from '../testing/openImage';

const mebibyte = 1024 * 1024;
const cannotMount = toolsMissing(...extTools) || process.getuid?.() !== 0;

function imageOf(args: readonly string[], size = 256 * mebibyte): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(size, args);
}

async function goThrough(list: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
  for await (const _ of list);
}

describe.skipIf(toolsMissing(...extTools))('files', () => {
  test.skipIf(cannotMount)(
    'a hundred thousand in one directory are all listed',
    async () => {
      const image = imageOf(['-t', 'ext4', '-b', '1024', '-N', '120000', '-O', '^has_journal']).mounted((folder) => {
        mkdirSync(join(folder, 'many'));
        for (let index = 0; index < 100_000; index++) symlinkSync(`file${index}`, join(folder, 'many', String(index)));
      });
      const filesystem = await openImage(image.path);
      const { node } = (await filesystem.files!.lookup!('/many', signal))!;
      const startedAt = performance.now();
      const seen = new Set<string>();
      for await (const { path, size } of filesystem.files!.readdir(node, signal)) {
        seen.add(path);
        if (size !== path.length + 4) throw new Error(`${path} has ${size} bytes`);
      }
      process.stdout.write(`100 000 entries: ${Math.round(performance.now() - startedAt)} ms\n`);
      expect(seen.size).toBe(100_000);
      const inTables = await listedInTables(filesystem.files!, node);
      expect(new Set(inTables.map(({ path, size }) => (size === path.length + 4 ? path : `${path} of ${size}`)))).toEqual(seen);
      expect((await filesystem.files!.lookup!('/many/99999', signal))!.type).toBe('symlink');
      expect(await filesystem.files!.lookup!('/many/100000', signal)).toBeNull();
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
    for await (const { path, node, type } of filesystem.files!.readdir('2', signal)) {
      if (type !== 'file') continue;
      const listed = runTool('debugfs', ['-R', `blocks <${node}>`, image.path])
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map(Number);
      const extents = await filesystem.files!.extentsOf!(node, signal);
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
      image.mounted((folder) => runPython(setLarge, join(folder, 'file')));
      const filesystem = await openImage(image.path);
      const { node } = (await filesystem.files!.lookup!('/file', signal))!;
      const streams = await filesystem.files!.streams!(node, signal);
      const found = new Map(streams.map(({ name, size, value }) => [name, value?.toString() ?? size]));
      expect(found).toEqual(
        new Map<string, string | number>([
          ['user.short', 'value'],
          ['user.block', 'b'.repeat(200)],
          ['security.selinux', 'context'],
          ['trusted.large', 40_000],
        ]),
      );
      const content = await filesystem.files!.contentOf!(node, 'trusted.large', signal);
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
    const secret = (await filesystem.files!.lookup!('/secret', signal))!;
    for await (const { path, rawName, node } of filesystem.files!.readdir(secret.node, signal)) {
      expect(path).toBe(`encrypted:${Buffer.from('file').toString('base64url')}`);
      expect(Buffer.from(rawName!, 'base64').toString()).toBe('file');
      await expect(filesystem.files!.contentOf!(node, undefined, signal)).rejects.toThrow(NotSupportedError);
      expect((await filesystem.files!.extentsOf!(node, signal)).length).toBe(1);
    }
  });

  test('a wrong checksum of an inode or a directory is a finding, and its files are listed all the same', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '1024']);
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([`write ${join(image.folder, 'file')} file`]);
    const before = await openImage(image.path);
    expect(await before.check(signal)).toEqual([]);
    const [root] = await before.files!.extentsOf!('2', signal);
    const { node } = (await before.files!.lookup!('/file', signal))!;
    const imap = runTool('debugfs', ['-R', `imap <${node}>`, image.path]);
    const [, block, place] = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(imap)!;
    image.flipBit(Number(block) * 1024 + Number(place) + 8);
    image.flipBit(root!.offset + root!.length - 1);
    const after = await openImage(image.path);
    expect((await after.check(signal)).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['ext.inode.checksum', 'ext.directory.checksum']),
    );
    expect((await after.files!.lookup!('/file', signal))!.size).toBe(7);
  });

  test('deleted files are not listed', async () => {
    const image = imageOf(['-t', 'ext4']);
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([`write ${join(image.folder, 'file')} file`, 'rm file']);
    const listed: string[] = [];
    for await (const { path } of (await openImage(image.path)).files!.readdir('2', signal)) listed.push(path);
    expect(listed).toEqual(['lost+found']);
  });

  test('a root that is no directory is damage, with its place; asking another file for entries is a mistake', async () => {
    const image = imageOf(['-t', 'ext4', '-b', '4096', '-I', '256']);
    writeFileSync(join(image.folder, 'file'), 'content');
    image.debugfs([`write ${join(image.folder, 'file')} file`]);
    const whole = (await openImage(image.path)).files!;
    const { node } = (await whole.lookup!('/file', signal))!;
    const [, block, place] = /located at block (\d+), offset (0x[0-9a-f]+)/.exec(
      runTool('debugfs', ['-R', 'imap <2>', image.path]),
    )!;
    image.debugfs(['set_inode_field <2> mode 0100755']);
    const { files } = await openImage(image.path);
    const detail = { offset: Number(block) * 4096 + Number(place), length: 256 };
    for (const list of [files!.readdir('2', signal), files!.walkTables!('2', { recursive: true }, signal)!])
      await expect(goThrough(list)).rejects.toMatchObject({ code: 'DamagedStructure', detail });
    await expect(goThrough(files!.readdir(node, signal))).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});
