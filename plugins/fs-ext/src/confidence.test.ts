import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runTool, toolsMissing } from '@diskwright/sdk/testing';
import { dumpHeader } from './testing/dumpe2fs';
import { ExtImage, extTools } from './testing/extImage';
import { openImage, signal } from './testing/openImage';

const mebibyte = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

function ext4(...args: string[]): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(64 * mebibyte, ['-t', 'ext4', '-b', '1024', ...args]);
}

async function reasonsOf(path: string): Promise<string[]> {
  const { confidence, extents, reasons } = await (await openImage(path)).allocation(signal);
  expect({ confidence, extents }).toEqual({ confidence: 'unknown', extents: null });
  return reasons;
}

/** The number that dumpe2fs prints behind a group's `what`. */
function placeOf(path: string, group: number, what: string): number {
  const text = runTool('dumpe2fs', [path]);
  const from = text.indexOf(`Group ${group}:`);
  return Number(new RegExp(`${what} at (\\d+)`).exec(text.slice(from))?.[1]);
}

describe.skipIf(toolsMissing(...extTools))('what is used cannot be told', () => {
  test.skipIf(!isRoot)('of an ext2 copied while mounted: it is not clean', async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    image.format(32 * mebibyte, ['-t', 'ext2']);
    const copy = join(image.folder, 'copy.img');
    image.mounted(() => copyFileSync(image.path, copy));
    expect((await reasonsOf(copy)).join()).toContain('not cleanly unmounted');
  });

  test('with the error flag', async () => {
    const image = ext4();
    image.debugfs(['set_super_value state 3']);
    expect((await reasonsOf(image.path)).join()).toContain('error flag');
    expect(await (await openImage(image.path)).info(signal)).toMatchObject({ clean: false });
  });

  test('when it was not cleanly unmounted', async () => {
    const image = ext4('-O', '^has_journal');
    image.debugfs(['set_super_value state 0']);
    expect((await reasonsOf(image.path)).join()).toContain('not cleanly unmounted');
  });

  test('when needs_recovery was cleared, but the journal not emptied', async () => {
    const image = ext4();
    image.debugfs(['jo', 'jw -b 333 /dev/zero', 'jc', 'feature -needs_recovery']);
    expect((await reasonsOf(image.path)).join()).toContain('not replayed, though needs_recovery is not set');
  });

  test.each(['FEATURE_I31', 'FEATURE_I18', 'FEATURE_R31', 'FEATURE_R7', 'compression', 'replica'])(
    'with the feature %s',
    async (feature) => {
      const image = ext4('-O', '^metadata_csum');
      image.debugfs([`feature ${feature}`]);
      expect((await reasonsOf(image.path)).join()).toContain(feature);
    },
  );

  test('with a journal on another device', async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    const journal = join(image.folder, 'journal.img');
    image.makeEmpty(journal, 16 * mebibyte);
    runTool('mke2fs', ['-q', '-F', '-O', 'journal_dev', '-b', '4096', journal]);
    image.format(64 * mebibyte, ['-t', 'ext4', '-b', '4096', '-O', '^has_journal']);
    image.debugfs([
      'feature has_journal',
      'set_super_value journal_inum 0',
      `set_super_value journal_uuid ${image.blkid(journal)['UUID']}`,
    ]);
    const reasons = await reasonsOf(image.path);
    expect(reasons.join()).toContain('journal is on another device');
    expect(reasons.join()).toContain(image.blkid(journal)['UUID']);
  });

  test.skipIf(!isRoot)('with a journal that mke2fs put on another device', async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    const journal = join(image.folder, 'journal.img');
    image.makeEmpty(journal, 16 * mebibyte);
    const device = runTool('losetup', ['--find', '--show', journal]).trim();
    onTestFinished(() => void runTool('losetup', ['--detach', device]));
    runTool('mke2fs', ['-q', '-F', '-O', 'journal_dev', '-b', '4096', device]);
    image.format(64 * mebibyte, ['-t', 'ext4', '-b', '4096', '-J', `device=${device}`]);
    expect((await reasonsOf(image.path)).join()).toContain(image.blkid(device)['UUID']);
    expect(await (await openImage(image.path)).info(signal)).toMatchObject({ type: 'ext4' });
  });

  test.each([
    [7, 'in use (on elsewhere'],
    [0xe24d4d50, 'e2fsck is at work'],
  ])('with multi-mount protection at sequence %i', async (sequence, reason) => {
    const image = ext4('-O', 'mmp,^metadata_csum');
    const block = Number(dumpHeader(image.path)['MMP block number']);
    image.patch(block * 1024 + 4, Buffer.from(Uint32Array.of(sequence).buffer));
    image.patch(block * 1024 + 16, Buffer.from('elsewhere\0'));
    expect(runTool('debugfs', ['-R', 'dump_mmp', image.path])).toContain(`sequence: ${sequence.toString(16).padStart(8, '0')}`);
    expect((await reasonsOf(image.path)).join()).toContain(reason);
  });

  test.skipIf(!isRoot)('with multi-mount protection, copied while mounted', async () => {
    const image = ext4('-O', 'mmp,^has_journal');
    const copy = join(image.folder, 'copy.img');
    image.mounted(() => copyFileSync(image.path, copy));
    expect((await reasonsOf(copy)).join()).toContain('Multi-mount protection says that it is in use');
  });

  test.each(['Block', 'Inode'])('with a flipped bit in a %s bitmap', async (kind) => {
    const image = ext4();
    image.flipBit(placeOf(image.path, 0, `${kind} bitmap`) * 1024 + 60, 3);
    expect((await reasonsOf(image.path)).join()).toContain(`${kind.toLowerCase()} bitmap of group 0 has a wrong checksum`);
  });

  test('with a flipped bit in a bitmap that has no checksum: the count of free blocks gives it away', async () => {
    const image = ext4('-O', '^metadata_csum');
    image.flipBit(placeOf(image.path, 1, 'Block bitmap') * 1024 + 60, 3);
    expect((await reasonsOf(image.path)).join()).toContain('one of them is wrong');
  });

  test.each(['metadata_csum', '^metadata_csum,uninit_bg'])('with a damaged group descriptor (%s)', async (features) => {
    const image = ext4('-O', features);
    image.flipBit(2048 + 12);
    expect((await reasonsOf(image.path)).join()).toContain('descriptor of group 0 has a wrong checksum');
  });

  test('with a damaged superblock', async () => {
    const image = ext4();
    image.flipBit(1024 + 0x88);
    expect((await reasonsOf(image.path)).join()).toContain('checksum of the superblock');
  });

  test('with an inode table outside of the filesystem', async () => {
    const image = ext4('-O', '^metadata_csum');
    image.debugfs(['set_block_group 2 inode_table 99999999']);
    expect((await reasonsOf(image.path)).join()).toContain('inode table of group 2 at block 99999999');
  });

  test('with two structures in one place', async () => {
    const image = ext4('-O', '^metadata_csum');
    image.debugfs([`set_block_group 2 block_bitmap ${placeOf(image.path, 1, 'Block bitmap')}`]);
    expect((await reasonsOf(image.path)).join()).toContain('claim block');
  });

  test('when part of it is missing', async () => {
    const image = ext4();
    const copy = image.copy('short.img');
    runTool('truncate', ['-s', '40M', copy]);
    expect((await reasonsOf(copy)).join()).toContain('part of it is missing');
    expect((await (await openImage(copy)).check(signal)).map(({ code }) => code)).toContain('ext.size.larger');
  });

  test('when the journal cannot be read', async () => {
    const image = ext4('-O', '^metadata_csum');
    image.debugfs(['set_inode_field <8> block[0] 0']);
    expect((await reasonsOf(image.path)).join()).toContain('journal cannot be read');
  });
});

describe.skipIf(toolsMissing(...extTools))('what is used can be told', () => {
  test('conservatively while deleted files wait for the next mount', async () => {
    const image = ext4();
    image.debugfs(['set_super_value last_orphan 12']);
    const { confidence, reasons } = await (await openImage(image.path)).allocation(signal);
    expect(confidence).toBe('conservative');
    expect(reasons.join()).toContain('Deleted files');
  });

  test('of an external journal: all of it', async () => {
    const image = new ExtImage();
    onTestFinished(() => image.remove());
    for (const blockSize of ['1024', '4096']) {
      image.format(16 * mebibyte, ['-O', 'journal_dev', '-b', blockSize, '-L', 'log']);
      const filesystem = await openImage(image.path);
      expect(await filesystem.info(signal)).toMatchObject({ type: 'jbd', label: 'log', uuid: image.blkid()['UUID'] });
      const { confidence, extents } = await filesystem.allocation(signal);
      expect({ confidence, extents: [...extents!] }).toEqual({
        confidence: 'exact',
        extents: [{ offset: 0, length: 16 * mebibyte }],
      });
    }
  });
});
