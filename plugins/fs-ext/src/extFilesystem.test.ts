import { createHash } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { Finding } from '@diskwright/sdk/protocol';
import { FileSource, runTool, toolsMissing, tryTool } from '@diskwright/sdk/testing';
import { extProvider } from './provider';
import { ExtImage, extTools } from './testing/extImage';
import { context, openImage, probeImage, signal, structuresOf } from './testing/openImage';

const mebibyte = 1024 * 1024;

function imageOf(...args: string[]): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(64 * mebibyte, args);
}

const codesOf = (findings: Finding[]): string[] => findings.map(({ code }) => code);

describe.skipIf(toolsMissing(...extTools))('the provider', () => {
  test('is certain of what it knows', async () => {
    expect(await probeImage(imageOf('-t', 'ext2').path)).toBe(100);
    expect(await probeImage(imageOf('-t', 'ext4').path)).toBe(100);
    expect(await probeImage(imageOf('-O', 'journal_dev').path)).toBe(100);
  });

  test('knows what is not ext', async () => {
    const image = imageOf('-t', 'ext4');
    image.patch(1080, Buffer.from('0000', 'hex'));
    expect(await probeImage(image.path)).toBe(0);
    for (const size of [0, 512, 1500, 2047]) {
      image.makeEmpty(join(image.folder, 'small'), size);
      expect(await probeImage(join(image.folder, 'small'))).toBe(0);
    }
  });

  test('is less sure of a superblock whose checksum or numbers are wrong', async () => {
    const image = imageOf('-t', 'ext4');
    image.flipBit(1024 + 0x90);
    expect(await probeImage(image.path)).toBe(40);
    image.patch(1024 + 0x20, Buffer.alloc(4));
    expect(await probeImage(image.path)).toBe(20);
  });

  test.each([
    ['ext4dev', ['-t', 'ext4', '-E', 'test_fs']],
    ['ext3', ['-t', 'ext3']],
    ['ext2', ['-t', 'ext2']],
    ['ext4', ['-t', 'ext2', '-O', 'extents']],
    ['ext4', ['-t', 'ext3', '-O', 'huge_file']],
    ['jbd', ['-O', 'journal_dev']],
  ])('calls %s what blkid calls so', async (type, args) => {
    const image = imageOf(...args, '-L', 'Etikett ä');
    const blkid = image.blkid();
    expect(blkid['TYPE']).toBe(type);
    expect(await (await openImage(image.path)).info(signal)).toMatchObject({ type, label: 'Etikett ä', uuid: blkid['UUID'] });
  });
});

describe.skipIf(toolsMissing(...extTools))('the commit extents', () => {
  test('are small, and without them nobody sees a filesystem', async () => {
    for (const args of [
      ['-t', 'ext4'],
      ['-t', 'ext2', '-b', '1024'],
      ['-O', 'journal_dev'],
    ]) {
      const image = imageOf(...args);
      const ranges = await (await openImage(image.path)).commitExtents(signal);
      expect(ranges).toEqual([{ offset: 0, length: 4096 }]);
      for (const { offset, length } of ranges) image.patch(offset, Buffer.alloc(length, 0xa5));
      expect(image.blkid()).toEqual({});
      expect(runTool('wipefs', ['-n', image.path])).toBe('');
    }
  });

  test('lie inside of the allocation', async () => {
    const filesystem = await openImage(imageOf('-t', 'ext2', '-b', '1024').path);
    const { extents } = await filesystem.allocation(signal);
    expect(extents!.offsetAt(0)).toBe(0);
    expect(extents!.endAt(0)).toBeGreaterThanOrEqual(4096);
  });
});

describe.skipIf(toolsMissing(...extTools))('the generation', () => {
  test('is a digest over its ranges, and the same while nothing is written', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode');
    const filesystem = await openImage(image.path);
    const generation = await filesystem.generation(signal);
    const hash = createHash('sha256');
    for (const { offset, length } of generation.ranges) hash.update(image.peek(offset, length));
    expect(generation.digest).toBe(hash.digest('hex'));
    tryTool('e2fsck', ['-fn', image.path]);
    runTool('dumpe2fs', [image.path]);
    expect(await filesystem.generation(signal)).toEqual(generation);
  });

  test.each(['metadata_csum', '^metadata_csum,^has_journal'])('changes when a file is written (%s)', async (features) => {
    const image = imageOf('-t', 'ext4', '-O', features);
    const before = await (await openImage(image.path)).generation(signal);
    writeFileSync(join(image.folder, 'file'), 'content');
    // A superblock as it was leaves only the descriptors to show the change.
    const superblock = image.peek(1024, 1024);
    image.debugfs([`write ${join(image.folder, 'file')} file`]);
    image.patch(1024, superblock);
    expect((await (await openImage(image.path)).generation(signal)).digest).not.toBe(before.digest);
  });

  test.skipIf(process.getuid?.() !== 0)('changes by a mount', async () => {
    const image = imageOf('-t', 'ext4');
    const before = await (await openImage(image.path)).generation(signal);
    const during = join(image.folder, 'during.img');
    image.mounted(() => copyFileSync(image.path, during));
    const digests = [
      before,
      await (await openImage(during)).generation(signal),
      await (await openImage(image.path)).generation(signal),
    ];
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(3);
  });
});

describe.skipIf(toolsMissing(...extTools))('signatures', () => {
  test('are where wipefs finds the filesystem, and in the backups that e2fsck can use', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024');
    const signatures = await (await openImage(image.path)).signatures(signal);
    expect(signatures[0]).toMatchObject({ offset: 1080, length: 2 });
    for (const { offset } of signatures) expect(image.peek(offset, 2).toString('hex')).toBe('53ef');
    for (const { offset } of signatures.slice(1)) {
      const [block, at] = [Math.floor(offset / 1024), offset % 1024];
      expect(at).toBe(56);
      expect(tryTool('e2fsck', ['-fn', '-b', String(block), '-B', '1024', image.path]).output).not.toContain('Bad magic number');
    }
    expect(signatures.length).toBe(5);
  });
});

describe.skipIf(toolsMissing(...extTools))('moving', () => {
  test('needs no change', async () => {
    const filesystem = await openImage(imageOf('-t', 'ext4', '-b', '4096').path);
    expect(await filesystem.relocate({ newStart: 12345 * 512, newSize: 64 * mebibyte, newSectorSize: 4096 }, signal)).toEqual({
      writes: [],
      warnings: [],
    });
  });

  test('is refused onto sectors that are larger than a block', async () => {
    const filesystem = await openImage(imageOf('-t', 'ext4', '-b', '2048').path);
    const target = { newStart: 0, newSize: 64 * mebibyte, newSectorSize: 4096 as const };
    await expect(filesystem.relocate(target, signal)).rejects.toThrow(RefusedError);
    await expect(filesystem.relocate(target, signal)).rejects.toThrow('Blocks of 2048 bytes cannot be used on sectors of 4096');
  });

  test('onto a smaller volume is refused with the numbers', async () => {
    const filesystem = await openImage(imageOf('-t', 'ext4').path);
    const target = { newStart: 0, newSize: 63 * mebibyte, newSectorSize: 512 as const };
    await expect(filesystem.relocate(target, signal)).rejects.toThrow('67108864 bytes does not fit a volume of 66060288');
  });

  test('warns where the sectors are too large already', async () => {
    const filesystem = await openImage(imageOf('-t', 'ext4', '-b', '1024').path, 4096);
    const { warnings } = await filesystem.relocate({ newStart: 0, newSize: 64 * mebibyte, newSectorSize: 4096 }, signal);
    expect(warnings).toHaveLength(1);
    expect(codesOf(await filesystem.check(signal))).toEqual(['ext.sectorSize']);
  });
});

describe.skipIf(toolsMissing(...extTools))('check', () => {
  test('finds everything that is wrong, not only the first', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024');
    image.flipBit(1024 + 0x90);
    image.flipBit(8193 * 1024 + 0x90);
    image.flipBit(2048 + 12);
    const codes = codesOf(await (await openImage(image.path)).check(signal));
    expect(codes).toEqual(
      expect.arrayContaining(['ext.superblock.checksum', 'ext.backup.damaged', 'ext.group.checksum', 'ext.group.free']),
    );
  });

  test('counts what is wrong many times, with the first places', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024');
    for (let group = 0; group < 8; group++) image.flipBit(2048 + group * 64 + 0x1e);
    const finding = (await (await openImage(image.path)).check(signal)).find(({ code }) => code === 'ext.group.checksum');
    expect(finding?.message).toContain('group 0');
    expect(finding?.message).toContain('7 more');
    expect(finding?.ranges[7]).toEqual({ offset: 2048 + 7 * 64, length: 64 });
  });

  test('tells of a volume that is larger than its filesystem', async () => {
    const image = imageOf('-t', 'ext4');
    runTool('truncate', ['-s', '+3M', image.path]);
    expect(await (await openImage(image.path)).check(signal)).toMatchObject([
      { severity: 'info', code: 'ext.size.smaller', ranges: [{ offset: 64 * mebibyte, length: 3 * mebibyte }] },
    ]);
  });
});

test.skipIf(toolsMissing(...extTools))('what is cancelled stops', async () => {
  const source = await FileSource.open(imageOf('-t', 'ext4').path);
  onTestFinished(() => source.close());
  const filesystem = await extProvider.open(source, context);
  await expect(filesystem.allocation(AbortSignal.abort())).rejects.toThrow('abort');
});

test.skipIf(toolsMissing(...extTools))('an edited field is bytes at a place, or refused', async () => {
  const image = imageOf('-t', 'ext4');
  const filesystem = await openImage(image.path);
  const edit = { structure: 'ext superblock', structureOffset: 1024, field: ['volumeName'], value: 'new label' };
  const { offset, bytes } = await filesystem.encodeField!(edit, signal);
  image.patch(offset, bytes);
  // The checksum is a field of its own; the structure says which value it needs.
  const [first] = await structuresOf(image.path);
  const [, expected = ''] = /checksum is not (0x[0-9a-f]{8})/.exec(first!.findings[0]!.message) ?? [];
  const checksum = await filesystem.encodeField!({ ...edit, field: ['checksum'], value: expected }, signal);
  image.patch(checksum.offset, checksum.bytes);
  expect(image.blkid()['LABEL']).toBe('new label');
  expect(tryTool('e2fsck', ['-fn', image.path]).status).toBe(0);

  await expect(filesystem.encodeField!({ ...edit, value: 'much too long a label' }, signal)).rejects.toThrow(InvalidInputError);
  await expect(filesystem.encodeField!({ ...edit, structure: 'nothing' }, signal)).rejects.toThrow(InvalidInputError);
  await expect(filesystem.encodeField!({ ...edit, structureOffset: 64 * mebibyte }, signal)).rejects.toThrow(InvalidInputError);
});
