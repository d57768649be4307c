import { expect, test } from 'vitest';
import { detectSectorSize } from './detectSectorSize';

const SIZE = 1024 * 1024;

function image(...signatures: number[]): Buffer {
  const bytes = Buffer.alloc(SIZE);
  for (const offset of signatures) bytes.write('EFI PART', offset, 'latin1');
  return bytes;
}

/** An MBR whose only record covers the whole disk, counted in sectors of this size. */
function protect(bytes: Buffer, sectorSize: number): Buffer {
  bytes[446 + 4] = 0xee;
  bytes.writeUInt32LE(1, 446 + 8);
  bytes.writeUInt32LE(SIZE / sectorSize - 1, 446 + 12);
  return bytes;
}

const detect = (bytes: Buffer) =>
  detectSectorSize(bytes.length, async (offset, length) => bytes.subarray(offset, offset + length));

test.each([
  ['nothing', image(), 512],
  ['a primary header in sector 1 of 512', image(512), 512],
  ['a primary header in sector 1 of 4096', image(4096), 4096],
  ['a backup header of 512', image(SIZE - 512), 512],
  ['a backup header of 4096', image(SIZE - 4096), 4096],
  ['headers of both, a record counted in 512', protect(image(512, 4096), 512), 512],
  ['headers of both, a record counted in 4096', protect(image(512, 4096), 4096), 4096],
  ['headers of both and no record', image(512, 4096), 512],
])('with %s', async (_name, bytes, expected) => {
  expect(await detect(bytes)).toBe(expected);
});

test('an unreadable image has sectors of 512 bytes', async () => {
  expect(await detectSectorSize(SIZE, async () => null)).toBe(512);
});

test('an image of one sector is not read beyond its end', async () => {
  expect(await detect(Buffer.alloc(512))).toBe(512);
});
