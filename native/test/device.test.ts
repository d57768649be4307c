import { closeSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { file, loopDevice, MiB, native, noise, open, output, scratch } from './support';

/** Offset and length of requests at odd places, over a device of 1 MiB. */
const REQUESTS = [
  [0, MiB],
  [1, 1],
  [511, 2],
  [4095, 8194],
  [512, 512],
  [4096, 4096],
  [100_000, 654_321],
  [MiB - 1, 1],
] as const;

describe('open', () => {
  it('refuses what is neither file nor block device, without waiting for it', () => {
    const fifo = `${scratch()}/fifo`;
    output('mkfifo', fifo);
    for (const path of ['/dev/null', '/tmp', fifo]) {
      expect(() => native.open(path, { access: 'read' })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
  });

  it('says which path is missing', () => {
    expect(() => native.open('/nowhere/disk', { access: 'read' })).toThrow(/\/nowhere\/disk.*ENOENT/);
  });

  it('is not inherited by children and reads only', () => {
    const fd = open(file(4096));
    const flags = parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8);
    expect(flags & 0o2000000).not.toBe(0);
    expect(flags & 3).toBe(0);
  });

  it('claims a block device for writing exclusively', () => {
    const node = loopDevice(file(MiB));
    const fd = native.open(node, { access: 'write' });
    expect(() => native.open(node, { access: 'write' })).toThrow(expect.objectContaining({ code: 'EBUSY' }));
    closeSync(fd);
    closeSync(native.open(node, { access: 'write' }));
  });
});

describe('describe', () => {
  it('tells a file by size and inode', () => {
    const path = file(12345);
    expect(native.describe(open(path, 'write'))).toEqual({
      kind: 'file',
      size: 12345,
      logicalSectorSize: 512,
      physicalSectorSize: 512,
      readOnly: false,
      deviceNumber: { major: expect.any(Number), minor: expect.any(Number) },
      inode: statSync(path).ino,
    });
  });

  it.each([512, 4096] as const)('tells a loop device with sectors of %i as the kernel does', (sectorSize) => {
    const node = loopDevice(file(4 * MiB), sectorSize);
    const description = native.describe(open(node));
    const [size, logical, physical] = output('blockdev', '--getsize64', '--getss', '--getpbsz', node).split('\n').map(Number);
    const [major, minor] = output('stat', '-c', '%Hr %Lr', node).split(' ').map(Number);
    expect(description).toMatchObject({
      kind: 'block',
      size,
      logicalSectorSize: logical,
      physicalSectorSize: physical,
      readOnly: true,
      deviceNumber: { major, minor },
    });
    expect(description.logicalSectorSize).toBe(sectorSize);
    expect(description.rotational).toBeTypeOf('boolean');
  });

  it('refuses a descriptor that is no device', () => {
    expect(() => native.describe(12345)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

describe.each(['buffered', 'direct'] as const)('%s', (way) => {
  it('reads at any alignment', async () => {
    const content = noise(MiB);
    const fd = open(file(content), 'read', way === 'direct');
    for (const [offset, length] of REQUESTS) {
      expect(content.subarray(offset, offset + length).equals(await native.read(fd, offset, length))).toBe(true);
    }
  });

  it('reads less where the file ends', async () => {
    const content = noise(10_000);
    const fd = open(file(content), 'read', way === 'direct');
    expect(content.subarray(9_000).equals(await native.read(fd, 9_000, 5_000))).toBe(true);
    expect(await native.read(fd, 20_000, 10)).toHaveLength(0);
    const buffer = Buffer.alloc(5_000, 7);
    expect(await native.readInto(fd, 9_000, buffer)).toBe(1_000);
    expect(buffer[999]).toBe(content[9_999]);
    expect(buffer[1_000]).toBe(7);
  });

  it('writes at any alignment and nothing beside', async () => {
    const path = file(Buffer.alloc(MiB, 0xa5));
    const fd = open(path, 'write', way === 'direct');
    const expected = Buffer.alloc(MiB, 0xa5);
    for (const [index, [offset, length]] of REQUESTS.entries()) {
      const data = noise(length, index + 1);
      data.copy(expected, offset);
      await native.write(fd, offset, data);
    }
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  it('writes past the end of a file without lengthening it further', async () => {
    const path = file(noise(10_000));
    const fd = open(path, 'write', way === 'direct');
    await native.write(fd, 9_990, Buffer.alloc(100, 1));
    expect(statSync(path).size).toBe(10_090);
  });

  it.each([512, 4096] as const)('reads and writes a loop device with sectors of %i', async (sectorSize) => {
    const path = file(Buffer.alloc(MiB, 0xa5));
    const node = loopDevice(path, sectorSize);
    const fd = open(node, 'write', way === 'direct');
    const expected = Buffer.alloc(MiB, 0xa5);
    for (const [index, [offset, length]] of REQUESTS.entries()) {
      const data = noise(length, index + 1);
      data.copy(expected, offset);
      await native.write(fd, offset, data);
      expect(data.equals(await native.read(fd, offset, length))).toBe(true);
    }
    await native.flush(fd);
    output('sync');
    expect(readFileSync(path).equals(expected)).toBe(true);
  });
});

it('keeps parts of one sector that are written at the same time', async () => {
  const fd = open(loopDevice(file(MiB)), 'write', true);
  await Promise.all(Array.from({ length: 64 }, (_, index) => native.write(fd, index * 8, Buffer.alloc(8, index))));
  const sector = await native.read(fd, 0, 512);
  expect(sector.equals(Buffer.concat(Array.from({ length: 64 }, (_, index) => Buffer.alloc(8, index))))).toBe(true);
});

it('tells where a write did not fit', async () => {
  const fd = open(loopDevice(file(MiB)), 'write');
  await expect(native.write(fd, MiB - 1000, Buffer.alloc(4096))).rejects.toMatchObject({ code: 'ENOSPC', offset: MiB });
});

it('sees what was written another way once caches are dropped', async () => {
  const path = file(MiB);
  const fd = open(loopDevice(path));
  expect(native.isZero(await native.read(fd, 0, MiB))).toBe(true);
  const backing = open(path, 'write');
  const data = noise(MiB);
  await native.write(backing, 0, data);
  await native.flush(backing);
  await native.dropCaches(fd);
  expect(data.equals(await native.read(fd, 0, MiB))).toBe(true);
});

it('says why partitions are not read again', async () => {
  expect(await native.rereadPartitions(open(file(MiB)))).toBe('ENOTTY');
  const busyOrNone = await native.rereadPartitions(open(loopDevice(file(MiB))));
  expect([null, 'EINVAL', 'EBUSY', 'EACCES']).toContain(busyOrNone);
});
