import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { file, loopDevice, MiB, native, noise, open, memoryFilesystem } from './support';

/** Bytes that the file takes on its filesystem. */
function usedBytes(path: string): number {
  return statSync(path).blocks * 512;
}

describe('dataRanges', () => {
  it('finds data between holes, in pages', async () => {
    const path = file(10 * MiB);
    const fd = open(path, 'write');
    for (const offset of [1 * MiB, 4 * MiB, 8 * MiB]) await native.write(fd, offset, noise(64 * 1024));
    const range = (offset: number) => ({ offset, length: 64 * 1024 });
    expect(await native.dataRanges(fd, 0, 10 * MiB, 2)).toEqual({ ranges: [range(MiB), range(4 * MiB)], next: 8 * MiB });
    expect(await native.dataRanges(fd, 8 * MiB, 20 * MiB, 2)).toEqual({ ranges: [range(8 * MiB)], next: null });
    expect(await native.dataRanges(fd, MiB + 1000, 1000, 1)).toEqual({
      ranges: [{ offset: MiB + 1000, length: 1000 }],
      next: null,
    });
    expect(await native.dataRanges(fd, 2 * MiB, MiB, 1)).toEqual({ ranges: [], next: null });
  });

  it('takes all of a block device for data, up to its end', async () => {
    const fd = open(loopDevice(file(MiB)));
    expect(await native.dataRanges(fd, 4096, 10 * MiB, 8)).toEqual({
      ranges: [{ offset: 4096, length: MiB - 4096 }],
      next: null,
    });
  });
});

describe('zero', () => {
  const START = 12_345;
  const LENGTH = 700_001;
  const expected = Buffer.alloc(MiB, 0xa5).fill(0, START, START + LENGTH);

  it.each([true, false])('zeroes part of a file, unmap %s', async (unmap) => {
    const path = file(Buffer.alloc(MiB, 0xa5));
    await native.zero(open(path, 'write'), START, LENGTH, { unmap });
    expect(readFileSync(path).equals(expected)).toBe(true);
    if (unmap) expect(usedBytes(path)).toBeLessThan(MiB - LENGTH + 16384);
    else expect(usedBytes(path)).toBeGreaterThanOrEqual(MiB);
  });

  it.each([
    [512, true, false],
    [512, false, true],
    [4096, true, true],
    [4096, false, false],
  ] as const)('zeroes part of a device with sectors of %i, unmap %s, direct %s', async (sectorSize, unmap, direct) => {
    const fd = open(loopDevice(file(Buffer.alloc(MiB, 0xa5)), sectorSize), 'write', direct);
    await native.zero(fd, START, LENGTH, { unmap });
    expect(expected.equals(await native.read(fd, 0, MiB))).toBe(true);
  });

  it('zeroes within one sector', async () => {
    const fd = open(loopDevice(file(Buffer.alloc(MiB, 0xa5)), 4096), 'write', true);
    await native.zero(fd, 100, 50, { unmap: true });
    expect(
      Buffer.alloc(4096, 0xa5)
        .fill(0, 100, 150)
        .equals(await native.read(fd, 0, 4096)),
    ).toBe(true);
  });

  it.each([true, false])('lengthens a file, unmap %s', async (unmap) => {
    const path = file(1000);
    await native.zero(open(path, 'write'), 500, 10_000, { unmap });
    expect(statSync(path).size).toBe(10_500);
  });

  it('writes zeros where the filesystem has no other way', async () => {
    // tmpfs punches holes, but has no range of allocated zeros.
    const path = file(Buffer.alloc(MiB, 0xa5), memoryFilesystem('tmpfs', 4 * MiB));
    await native.zero(open(path, 'write'), START, LENGTH, { unmap: false });
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(usedBytes(path)).toBe(MiB);
  });

  it('of a part of a page of a file is not undone by a direct write of the other part', async () => {
    const fd = open(file(4096), 'write', true);
    for (let round = 0; round < 500; round++) {
      await native.write(fd, 0, Buffer.alloc(4096, 0xa5));
      await Promise.all([native.write(fd, 0, Buffer.alloc(2048, 1)), native.zero(fd, 2048, 2048, { unmap: true })]);
      const expected = Buffer.concat([Buffer.alloc(2048, 1), Buffer.alloc(2048)]);
      expect(expected.equals(await native.read(fd, 0, 4096)), `round ${round}`).toBe(true);
    }
  });

  it('does not end silently at the end of a device', async () => {
    const fd = open(loopDevice(file(MiB)), 'write');
    await expect(native.zero(fd, MiB - 4096, 8192, { unmap: true })).rejects.toMatchObject({ code: 'ENOSPC', offset: MiB });
  });

  it('needs a descriptor for writing', async () => {
    await expect(native.zero(open(file(MiB)), 0, 4096, { unmap: true })).rejects.toMatchObject({ code: 'EBADF' });
  });
});

describe('discard', () => {
  it('makes a hole in a file', async () => {
    const path = file(noise(MiB));
    expect(await native.discard(open(path, 'write'), 0, MiB)).toBe(true);
    expect(usedBytes(path)).toBe(0);
    expect(statSync(path).size).toBe(MiB);
  });

  it('gives back the backing storage of a loop device', async () => {
    const path = file(noise(MiB));
    expect(await native.discard(open(loopDevice(path), 'write'), 0, MiB)).toBe(true);
    expect(usedBytes(path)).toBe(0);
  });

  it('leaves partial sectors alone', async () => {
    const content = noise(MiB);
    const path = file(content);
    const fd = open(loopDevice(path, 4096), 'write');
    expect(await native.discard(fd, 100, 8192)).toBe(true);
    const after = await native.read(fd, 0, 12288);
    expect(content.subarray(0, 4096).equals(after.subarray(0, 4096))).toBe(true);
    expect(content.subarray(8192, 12288).equals(after.subarray(8192))).toBe(true);
  });
});
