import { ImageFile, runTool, toolsMissing } from '@diskwright/sdk/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { logicalChain } from './logicalPartitions';
import { parsePartitionDump } from './partitionDump';

const SECTOR = 512;
const HEADER = 'label: dos\nlabel-id: 0x12345678\ndevice: /dev/sda\nunit: sectors\n\n';

/** Where partitions start and how long they are, sectors. The first is the extended one. */
const DISKS: [string, number, [start: number, size: number, rest: string][]][] = [
  [
    'aligned',
    200_000,
    [
      [22528, 160000, 'type=5'],
      [24576, 20480, 'type=83'],
      [47104, 10240, 'type=82, bootable'],
      [61440, 40960, 'type=83'],
    ],
  ],
  [
    'not aligned, as in cylinders',
    200_000,
    [
      [16065, 160650, 'type=f'],
      [16128, 16002, 'type=83'],
      [32193, 64197, 'type=7'],
    ],
  ],
  [
    'beyond what cylinders count',
    40_000_000,
    [
      [20480, 39_000_000, 'type=5'],
      [22528, 20_480_000, 'type=83'],
      [20_504_576, 10240, 'type=83'],
    ],
  ],
  ['one alone', 200_000, [[2048, 100_000, 'type=85'], [4096, 10240, 'type=83']]], // prettier-ignore
];

describe.skipIf(toolsMissing('sfdisk'))('the chain of logical partitions is as sfdisk makes it of the dump', () => {
  test.each(DISKS)('%s', (_, sectors, lines) => {
    const image = new ImageFile();
    onTestFinished(() => image.remove());
    image.blank(sectors * SECTOR);
    const numbers = ['2', '5', '6', '7'];
    const dump =
      HEADER +
      lines.map(([start, size, rest], index) => `/dev/sda${numbers[index]} : start=${start}, size=${size}, ${rest}\n`).join('');
    runTool('sfdisk', ['-q', '--no-reread', '--no-tell-kernel', image.path], { input: dump });
    const { partitions, sectorSize } = parsePartitionDump(dump);
    const records = logicalChain(partitions[0]!, partitions, sectorSize, null);
    expect(records).toHaveLength(lines.length - 1);
    for (const { offset, bytes } of records) expect(bytes.toString('hex')).toBe(image.peek(offset, SECTOR).toString('hex'));
  });
});

test('the first record, where it was kept, tells where the next one was, and has its program', () => {
  const [, , lines] = DISKS[0]!;
  const dump = lines
    .map(([start, size, rest], index) => `/dev/sda${index + 4} : start=${start}, size=${size}, ${rest}`)
    .join('\n');
  const { partitions, sectorSize } = parsePartitionDump(dump);
  const kept = Buffer.alloc(SECTOR, 0x90);
  kept.writeUInt32LE(47104 - 63 - 22528, 446 + 16 + 8);
  const [first, second, third] = logicalChain(partitions[0]!, partitions, sectorSize, kept);
  expect(first!.bytes.subarray(0, 446).equals(kept.subarray(0, 446))).toBe(true);
  expect([second!.offset, third!.offset]).toEqual([(47104 - 63) * SECTOR, (61440 - 63) * SECTOR]);
});
