import { expect, test } from 'vitest';
import type { DeviceLayout } from '@diskwright/sdk/protocol';
import { lostVolumes } from './lostVolumes';

const layout = (partitions: [number: number, start: number, type: string | null][], volume: string | null = null): DeviceLayout =>
  ({
    device: { size: 4096 },
    volume: volume && { type: volume },
    partitions: partitions.map(([number, start, type]) => ({ number, start, size: 512, filesystem: type && { type } })),
  }) as unknown as DeviceLayout;
const written = [
  { offset: 8, length: 1 },
  { offset: 600, length: 2 },
];
const messages = (before: DeviceLayout, after: DeviceLayout) => lostVolumes(before, after, written).map(({ message }) => message);

test('a filesystem that is not recognised any more is told, at the written bytes in its partition', () => {
  const after = layout([
    [1, 0, 'vfat'],
    [2, 512, null],
  ]);
  const before = layout([
    [1, 0, 'vfat'],
    [2, 512, 'ext4'],
  ]);
  expect(lostVolumes(before, after, written)).toMatchObject([
    { message: 'Partition 2 is not recognised as ext4', ranges: [{ offset: 600, length: 2 }] },
  ]);
  expect(lostVolumes(after, before, written)).toEqual([]);
});

test('so are partitions that are not there, and the filesystem of a whole device', () => {
  expect(messages(layout([[1, 0, 'vfat']]), layout([]))).toEqual(['There is no partition 1 at byte 0']);
  expect(messages(layout([], 'ext4'), layout([], 'swap'))).toEqual(['The device is not recognised as ext4']);
});
