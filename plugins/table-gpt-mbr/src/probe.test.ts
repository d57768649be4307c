import { describe, expect, test } from 'vitest';
import { MemorySource } from '@diskwright/sdk/block';
import { SeededRandom, toolsMissing } from '@diskwright/sdk/testing';
import plugin from './main';
import { signal, TableImage, tools } from './testing/tableImage';

const mib = 1024 * 1024;
const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

async function probe(bytes: Buffer): Promise<{ score: number; type: string }> {
  return plugin.partitionTables!['gpt-mbr']!.probe(new MemorySource(bytes), { signal, offset: 0, log: silent });
}

const gpt = (image: TableImage): TableImage => image.sgdisk('-n1:2048:+4M', '-n2:0:0');
const mbr = (image: TableImage): TableImage => image.sfdisk('label: dos\n2048,4096,83\n,,7');
const bootCode = Buffer.alloc(440, 0x90);

describe.skipIf(toolsMissing(...tools, 'mkfs.fat', 'mkfs.ntfs', 'mkfs.ext4'))('what is no table', () => {
  const size = 64 * mib;
  const filesystems: [string, string, string[]][] = [
    ['FAT12', 'mkfs.fat', ['-F12', '-s64', '{}']],
    ['FAT16', 'mkfs.fat', ['-F16', '{}']],
    ['FAT32', 'mkfs.fat', ['-F32', '-s1', '{}']],
    ['FAT with the look of a boot record', 'mkfs.fat', ['--mbr=y', '{}']],
    ['NTFS', 'mkfs.ntfs', ['-F', '-f', '-q', '{}']],
    ['ext4', 'mkfs.ext4', ['-q', '{}']],
  ];

  test.each(filesystems)('%s on the whole disk, empty before or with a table before', async (_, tool, args) => {
    for (const prepare of [(image: TableImage) => image, mbr, gpt]) {
      const image = prepare(new TableImage(size));
      image.run(tool, args);
      expect(image.run('blkid', ['-p', '{}'])).not.toContain('PTTYPE');
      expect(await probe(image.content())).toEqual({ score: 0, type: 'none' });
    }
  });

  test('ext4 on the whole disk with a boot loader in front', async () => {
    const image = new TableImage(size);
    image.run('mkfs.ext4', ['-q', '{}']);
    image.write(0, bootCode).write(510, Buffer.from([0x55, 0xaa]));
    expect(await probe(image.content())).toEqual({ score: 0, type: 'none' });
  });

  test('a boot sector with a boot indicator that is neither 00 nor 80', async () => {
    const image = mbr(new TableImage(size)).write(446, Buffer.from([0x21]));
    expect(await probe(image.content())).toEqual({ score: 0, type: 'none' });
  });
});

describe('what is no table', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['less than a sector', Buffer.alloc(100, 0xff)],
    ['one sector of zeros', Buffer.alloc(512)],
    ['zeros', Buffer.alloc(mib)],
    ['ones', Buffer.alloc(mib, 0xff)],
    ['a boot signature and nothing else', Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa]), Buffer.alloc(mib)])],
    ['random bytes', new SeededRandom(1).bytes(mib)],
  ])('%s', async (_, bytes) => {
    expect(await probe(bytes)).toEqual({ score: 0, type: 'none' });
  });
});

describe.skipIf(toolsMissing(...tools))('what is a table', () => {
  test.each([
    ['a GPT', gpt, 'gpt', 100],
    ['an MBR', mbr, 'mbr', 90],
    ['a GPT without its protective record', (image: TableImage) => gpt(image).write(0, Buffer.alloc(512)), 'gpt', 80],
    ['a GPT with nothing but its backup', (image: TableImage) => gpt(image).write(0, Buffer.alloc(mib)), 'gpt', 60],
    [
      'a protective record alone',
      (image: TableImage) => gpt(image).write(512, Buffer.alloc(512)).write(-512, Buffer.alloc(512)),
      'gpt',
      30,
    ],
    ['a boot record without partitions', (image: TableImage) => image.sfdisk('label: dos'), 'mbr', 10],
    [
      'boot code without partitions',
      (image: TableImage) => image.write(0, bootCode).write(510, Buffer.from([0x55, 0xaa])),
      'mbr',
      10,
    ],
  ] as const)('%s', async (_, make, type, score) => {
    const image = make(new TableImage(16 * mib));
    expect(await probe(image.content())).toEqual({ score, type });
  });
});
