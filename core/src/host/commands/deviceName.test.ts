import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDeviceName, parseVolumeName, parseWholeDevice } from './deviceName';

describe('parseDeviceName', () => {
  test.each([
    ['/dev/sda', '/dev/sda', null, null],
    ['/dev/sda#2', '/dev/sda', 2, null],
    ['disk.img#0', 'disk.img', 0, null],
    ['a#1#2', 'a#1', 2, null],
    ['a#1b', 'a#1b', null, null],
    ['disk.img#2:/etc/fstab', 'disk.img', 2, '/etc/fstab'],
    ['a#1:/b#2', 'a#1:/b', 2, null],
    ['nbd+unix:///?socket=/tmp/s#3', 'nbd+unix:///?socket=/tmp/s', 3, null],
    ['a#9999999999', 'a#9999999999', null, null],
  ])('%s', (text, device, partition, path) => {
    expect(parseDeviceName(text)).toEqual({ device, partition, path });
  });
});

test('a volume needs a partition, and no file in it', () => {
  expect(parseVolumeName('disk.img#3')).toEqual({ device: 'disk.img', partition: 3 });
  expect(() => parseVolumeName('disk.img')).toThrow(/names no volume/);
  expect(() => parseVolumeName('disk.img#3:/a')).toThrow(/names a file/);
});

test('a whole device may be named as its one volume, but not by a partition', () => {
  expect(parseWholeDevice('disk.img#0')).toBe('disk.img');
  expect(() => parseWholeDevice('disk.img#1')).toThrow(/names a partition/);
});

test('a file in a volume may be a device with volumes and files of its own', () => {
  expect(parseWholeDevice('disk.img#1:/vm.img')).toBe('disk.img#1:/vm.img');
  expect(parseVolumeName('disk.img#1:/vm.img#2')).toEqual({ device: 'disk.img#1:/vm.img', partition: 2 });
  expect(parseDeviceName('disk.img#1:/vm.img#2:/etc')).toEqual({ device: 'disk.img#1:/vm.img', partition: 2, path: '/etc' });
});

test('a file whose name ends like a partition is a whole device', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'disk#1');
  await writeFile(file, '');
  expect(parseWholeDevice(file)).toBe(file);
});
