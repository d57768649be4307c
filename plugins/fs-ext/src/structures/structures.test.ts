import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { StructureField, StructureInstance } from '@diskwright/sdk/protocol';
import { runTool, toolsMissing } from '@diskwright/sdk/testing';
import { dumpHeader } from '../testing/dumpe2fs';
import { ExtImage, extTools } from '../testing/extImage';
import { structuresOf } from '../testing/openImage';
import { extentHeader, extentIndex, extentLeaf } from './extentNode';
import { longGroupDescriptor, shortGroupDescriptor } from './groupDescriptor';
import { inode } from './inode';
import { journalSuperblock } from './journalSuperblock';
import { multiMountBlock } from './multiMountBlock';
import { superblock } from './superblock';

const mebibyte = 1024 * 1024;

function imageOf(...args: string[]): ExtImage {
  const image = new ExtImage();
  onTestFinished(() => image.remove());
  return image.format(64 * mebibyte, args);
}

const valueOf = (structure: StructureInstance, name: string): StructureField =>
  structure.fields.find((field) => field.name === name)!;
const textOf = (structure: StructureInstance, name: string): string => valueOf(structure, name).value;
/** dumpe2fs prints local time, which is UTC here; ISO on the other side. */
const seconds = (text: string): number => Date.parse(/^\d{4}-/.test(text) ? text : `${text} UTC`);

describe.skipIf(toolsMissing(...extTools))('the superblock', () => {
  test('has the values that dumpe2fs prints', async () => {
    const image = imageOf(
      '-t',
      'ext4',
      '-b',
      '2048',
      '-L',
      'label',
      '-M',
      '/somewhere',
      '-O',
      'mmp,quota,orphan_file,metadata_csum_seed',
    );
    const header = dumpHeader(image.path);
    const [structure] = await structuresOf(image.path);
    const pairs: [keyof ReturnType<typeof superblock.read> & string, string][] = [
      ['inodesCount', 'Inode count'],
      ['blocksCountLow', 'Block count'],
      ['reservedBlocksCountLow', 'Reserved block count'],
      ['freeBlocksCountLow', 'Free blocks'],
      ['freeInodesCount', 'Free inodes'],
      ['firstDataBlock', 'First block'],
      ['blocksPerGroup', 'Blocks per group'],
      ['inodesPerGroup', 'Inodes per group'],
      ['mountCount', 'Mount count'],
      ['firstInode', 'First inode'],
      ['inodeSize', 'Inode size'],
      ['uuid', 'Filesystem UUID'],
      ['volumeName', 'Filesystem volume name'],
      ['lastMountedOn', 'Last mounted on'],
      ['reservedDescriptorBlocks', 'Reserved GDT blocks'],
      ['journalInode', 'Journal inode'],
      ['descriptorSize', 'Group descriptor size'],
      ['minimumExtraInodeSize', 'Required extra isize'],
      ['wantedExtraInodeSize', 'Desired extra isize'],
      ['multiMountBlock', 'MMP block number'],
      ['multiMountInterval', 'MMP update interval'],
      ['userQuotaInode', 'User quota inode'],
      ['groupQuotaInode', 'Group quota inode'],
      ['overheadBlocks', 'Overhead clusters'],
      ['orphanFileInode', 'Orphan file inode'],
      ['checksum', 'Checksum'],
      ['checksumSeed', 'Checksum seed'],
    ];
    for (const [field, name] of pairs) expect([field, textOf(structure!, field)]).toEqual([field, header[name]]);
    expect(textOf(structure!, 'logBlockSize')).toBe('1 (2048 bytes)');
    expect(textOf(structure!, 'state')).toContain(header['Filesystem state']);
    expect(textOf(structure!, 'hashSeed')).toBe(header['Directory Hash Seed']!.replace(/-/g, ''));
    expect(textOf(structure!, 'magic')).toBe(header['Filesystem magic number']!.toLowerCase());
    expect(seconds(textOf(structure!, 'creationTime'))).toBe(seconds(header['Filesystem created']!));
    expect(seconds(textOf(structure!, 'writeTime'))).toBe(seconds(header['Last write time']!));
    const named = ['compatibleFeatures', 'incompatibleFeatures', 'readOnlyFeatures'].map(
      (field) => /\((.*)\)/.exec(textOf(structure!, field))?.[1],
    );
    expect(named.join(' ')).toBe(header['Filesystem features']);
    expect(structure!.findings).toEqual([]);
  });

  test('shows each field where it lies', async () => {
    const image = imageOf('-t', 'ext4', '-U', '00112233-4455-6677-8899-aabbccddeeff');
    const [structure] = await structuresOf(image.path);
    const { offset, length } = valueOf(structure!, 'uuid');
    expect(image.peek(offset, length).toString('hex')).toBe('00112233445566778899aabbccddeeff');
    expect(superblock.range('checksum')).toEqual({ offset: 0x3fc, length: 4 });
  });

  test('is encoded by debugfs as by us', async () => {
    const image = imageOf('-t', 'ext4', '-O', '^metadata_csum');
    const before = image.peek(1024, 1024);
    image.debugfs([
      'set_super_value mnt_count 77',
      'set_super_value first_meta_bg 0x1234',
      'set_super_value overhead_clusters 9',
      'set_super_value lpf_ino 3',
    ]);
    const ours = superblock.encode(
      { ...superblock.read(before), mountCount: 77, firstMetaGroup: 0x1234, overheadBlocks: 9, lostAndFoundInode: 3 },
      before,
    );
    // Times of writing and the amount written are debugfs's own.
    const theirs = superblock.read(image.peek(1024, 1024));
    expect(superblock.read(ours)).toEqual({
      ...theirs,
      writeTime: superblock.read(before).writeTime,
      kibibytesWritten: superblock.read(before).kibibytesWritten,
    });
  });

  test('has backups that are structures, too', async () => {
    const image = imageOf('-t', 'ext4', '-b', '1024');
    const offsets = (await structuresOf(image.path)).filter(({ name }) => name === 'ext superblock').map(({ offset }) => offset);
    const printed = [...runTool('dumpe2fs', [image.path]).matchAll(/(?:Primary|Backup) superblock at (\d+)/g)].map(
      ([, block]) => Number(block) * 1024,
    );
    expect(offsets).toEqual(printed);
  });
});

describe.skipIf(toolsMissing(...extTools))('group descriptors', () => {
  test.each([
    ['64bit', 64],
    ['^64bit', 32],
  ])('have the values that dumpe2fs prints (%s)', async (feature, bytes) => {
    const image = imageOf('-t', 'ext4', '-b', '1024', '-O', feature);
    const text = runTool('dumpe2fs', [image.path]);
    const descriptors = (await structuresOf(image.path)).filter(({ name }) => name === 'ext group descriptor');
    expect(descriptors).toHaveLength([...text.matchAll(/^Group \d+:/gm)].length);
    descriptors.forEach((structure, group) => {
      const part = text.slice(text.indexOf(`\nGroup ${group}:`)).split(/\nGroup \d+:/)[1]!;
      const printed = (pattern: RegExp): string => pattern.exec(part)?.[1] ?? '';
      expect(structure.length).toBe(bytes);
      expect(textOf(structure, 'blockBitmapLow')).toBe(printed(/Block bitmap at (\d+)/));
      expect(textOf(structure, 'inodeBitmapLow')).toBe(printed(/Inode bitmap at (\d+)/));
      expect(textOf(structure, 'inodeTableLow')).toBe(printed(/Inode table at (\d+)/));
      expect(textOf(structure, 'freeBlocksCountLow')).toBe(printed(/(\d+) free blocks/));
      expect(textOf(structure, 'freeInodesCountLow')).toBe(printed(/(\d+) free inodes/));
      expect(textOf(structure, 'usedDirectoriesCountLow')).toBe(printed(/(\d+) directories/));
      expect(textOf(structure, 'unusedInodesCountLow')).toBe(printed(/(\d+) unused inodes/) || '0');
      expect(Number(textOf(structure, 'checksum'))).toBe(Number(printed(/csum (0x[0-9a-f]+)/)));
      expect(Number(textOf(structure, 'blockBitmapChecksumLow'))).toBe(
        Number(printed(/Block bitmap at [^\n]*csum (0x[0-9a-f]+)/)) & 0xffff,
      );
    });
  });

  test('give the bytes that they were read from', () => {
    const image = imageOf('-t', 'ext4');
    const bytes = image.peek(4096, 64);
    expect(longGroupDescriptor.encode(longGroupDescriptor.read(bytes))).toEqual(bytes);
    expect(shortGroupDescriptor.encode(shortGroupDescriptor.read(bytes))).toEqual(bytes.subarray(0, 32));
    expect(shortGroupDescriptor.range('checksum')).toEqual({ offset: 0x1e, length: 2 });
    expect(longGroupDescriptor.range('inodeBitmapChecksumHigh')).toEqual({ offset: 0x3a, length: 2 });
  });
});

describe.skipIf(toolsMissing(...extTools))('the other structures', () => {
  test('the block of multi-mount protection has the values that debugfs prints, and encodes to the same bytes', async () => {
    const image = imageOf('-t', 'ext4', '-O', 'mmp');
    const structure = (await structuresOf(image.path)).find(({ name }) => name === multiMountBlock.name)!;
    const text = runTool('debugfs', ['-R', 'dump_mmp', image.path]);
    const printed = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
    expect(textOf(structure, 'sequence')).toBe(`0x${printed('sequence')} (not in use)`);
    expect(textOf(structure, 'nodeName')).toBe(printed('node_name'));
    expect(textOf(structure, 'checkInterval')).toBe(printed('check_interval'));
    expect(Number(textOf(structure, 'checksum'))).toBe(Number(printed('checksum')));
    const bytes = image.peek(structure.offset, structure.length);
    expect(multiMountBlock.encode(multiMountBlock.read(bytes), bytes)).toEqual(bytes);
    expect(multiMountBlock.range('sequence')).toEqual({ offset: 4, length: 4 });
  });

  test('the superblock of a journal has the values that dumpe2fs prints, and encodes to the same bytes', async () => {
    const image = imageOf('-O', 'journal_dev', '-b', '4096');
    const structure = (await structuresOf(image.path)).find(({ name }) => name === journalSuperblock.name)!;
    const header = dumpHeader(image.path);
    expect(textOf(structure, 'blockSize')).toBe(header['Block size']);
    expect(textOf(structure, 'blockCount')).toBe(header['Total journal blocks']);
    expect(textOf(structure, 'firstBlock')).toBe(header['Journal first block']);
    expect(textOf(structure, 'start')).toBe(header['Journal start']);
    expect(textOf(structure, 'userCount')).toBe(header['Journal number of users']);
    expect(Number(textOf(structure, 'sequence'))).toBe(Number(header['Journal sequence']));
    const bytes = image.peek(structure.offset, structure.length);
    expect(journalSuperblock.encode(journalSuperblock.read(bytes), bytes)).toEqual(bytes);
    expect(journalSuperblock.range('users')).toEqual({ offset: 0x100, length: 768 });
  });

  test('inode and extents have the values that debugfs prints, and encode to the same bytes', () => {
    const image = imageOf('-t', 'ext4', '-b', '4096');
    const [, block, at] =
      /located at block (\d+), offset (0x[0-9a-f]+)/.exec(runTool('debugfs', ['-R', 'imap <8>', image.path])) ?? [];
    const bytes = image.peek(Number(block) * 4096 + Number(at), inode.size);
    const value = inode.read(bytes);
    const printed = runTool('debugfs', ['-R', 'stat <8>', image.path]);
    expect(value.sizeLow).toBe(Number(/Size: (\d+)/.exec(printed)?.[1]));
    expect(value.linksCount).toBe(Number(/Links: (\d+)/.exec(printed)?.[1]));
    expect(value.blocksLow).toBe(Number(/Blockcount: (\d+)/.exec(printed)?.[1]));
    expect(`0x${value.flags.toString(16)}`).toBe(/Flags: (0x[0-9a-f]+)/.exec(printed)?.[1]);
    expect(inode.encode(value, bytes)).toEqual(bytes);
    expect(inode.range('block')).toEqual({ offset: 0x28, length: 60 });

    const header = extentHeader.read(value.block);
    const leaf = extentLeaf.read(value.block, extentHeader.size);
    const [, first, last, start] = /\((\d+)-(\d+)\):(\d+)/.exec(printed) ?? [];
    expect([header.depth, leaf.firstBlock, leaf.firstBlock + leaf.length - 1, leaf.startLow]).toEqual([
      0,
      Number(first),
      Number(last),
      Number(start),
    ]);
    expect(extentHeader.encode(header)).toEqual(value.block.subarray(0, 12));
    expect(extentLeaf.encode(leaf)).toEqual(value.block.subarray(12, 24));
    expect(extentHeader.range('depth')).toEqual({ offset: 6, length: 2 });
  });

  test('the root of a deep extent tree leads to the block that debugfs prints', () => {
    const image = imageOf('-t', 'ext4', '-b', '1024', '-O', '^metadata_csum');
    // Every second block of a sparse file, so that the extents do not fit the inode.
    image.makeEmpty(join(image.folder, 'sparse'), mebibyte);
    image.debugfs([
      `write ${join(image.folder, 'sparse')} sparse`,
      ...Array.from({ length: 20 }, (_, index) => `fallocate sparse ${index * 2} ${index * 2}`),
    ]);
    const [, block, at] =
      /located at block (\d+), offset (0x[0-9a-f]+)/.exec(runTool('debugfs', ['-R', 'imap sparse', image.path])) ?? [];
    const value = inode.read(image.peek(Number(block) * 1024 + Number(at), inode.size));
    const index = extentIndex.read(value.block, extentHeader.size);
    const [, node] = /\(ETB0\):(\d+)/.exec(runTool('debugfs', ['-R', 'stat sparse', image.path])) ?? [];
    expect([extentHeader.read(value.block).depth, index.childLow]).toEqual([1, Number(node)]);
    expect(extentIndex.encode(index)).toHaveLength(12);
    expect(extentIndex.range('childHigh')).toEqual({ offset: 8, length: 2 });
  });
});
