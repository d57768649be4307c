import { expect, test } from 'vitest';
import { diskSize, filesystemsOf, parsePartitionDump } from './partitionDump';

test('a dump of a GPT', () => {
  const text = `label: gpt
device: /dev/nvme0n1
unit: sectors
sector-size: 512

/dev/nvme0n1p2 : start=     1050624, size=     2097152, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="root"
/dev/nvme0n1p1 : start=        2048, size=     1048576, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
`;
  expect(parsePartitionDump(text).partitions).toEqual([
    {
      name: 'nvme0n1p1',
      offset: 2048 * 512,
      length: 1048576 * 512,
      type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
      bootable: false,
      extended: false,
    },
    {
      name: 'nvme0n1p2',
      offset: 1050624 * 512,
      length: 2097152 * 512,
      type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
      bootable: false,
      extended: false,
    },
  ]);
});

test('a dump of an MBR as older programs wrote it', () => {
  const text = `# partition table of /dev/sda
unit: sectors

/dev/sda1 : start=     2048, size=   204800, Id=83, bootable
/dev/sda2 : start=   206848, size=   409600, Id= 5
/dev/sda3 : start=        0, size=        0, Id= 0
`;
  expect(parsePartitionDump(text).partitions).toMatchObject([
    { name: 'sda1', bootable: true, extended: false },
    { name: 'sda2', bootable: false, extended: true },
  ]);
});

test('one that makes no sense', () => {
  expect(() => parsePartitionDump('')).toThrow('0 partitions');
  expect(() => parsePartitionDump('/dev/sda1 : start= 1, size= 99999999999999999, type=83')).toThrow('makes no sense');
});

test('the other lists', () => {
  expect(diskSize('Model: x\nDisk /dev/sda: 41943040s\n', 512)).toBe(41943040 * 512);
  expect(diskSize('', 512)).toBeNull();
  expect(filesystemsOf('# <Device name>   <File system>\n/dev/sda1 ext4 1G\n').get('sda1')).toBe('ext4');
});
