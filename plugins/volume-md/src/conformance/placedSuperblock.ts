import { readFileSync } from 'node:fs';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { type FilePatch, leafFields } from '@diskwright/sdk/testing';
import { mdChecksum } from '../superblock/checksum';
import { bitmapSuperblock, MAGIC, superblock1, superblocks0 } from '../superblock/structures';
import { RESERVED_BYTES } from '../superblock/version0';
import { SUPERBLOCK1_BYTES } from '../superblock/version1';

const VERSION_1_PLACES = [4096, 0];
const BITMAP_MAGIC = Buffer.from('bitm');

/** Where a superblock stands in a device of a test, by its magic number. */
function placeOf(bytes: Buffer): { offset: number; version: 0 | 1 } | null {
  const reserved = Math.floor(bytes.length / RESERVED_BYTES) * RESERVED_BYTES - RESERVED_BYTES;
  const nearEnd = Math.floor((bytes.length - 8192) / 4096) * 4096;
  for (const offset of [...VERSION_1_PLACES, nearEnd, reserved])
    if (offset >= 0 && bytes.readUInt32LE(offset) === MAGIC) return { offset, version: offset === reserved ? 0 : 1 };
  return null;
}

/** The fields of its superblock, and of its bitmap. */
export function superblockFields(path: string): ByteRange[] {
  const bytes = readFileSync(path);
  const place = placeOf(bytes);
  if (!place) throw new Error(`${path} has no superblock`);
  const layout = place.version === 1 ? superblock1 : superblocks0.little;
  const fields = leafFields(layout.describe(bytes, place.offset, place.offset));
  const bitmap = bytes.indexOf(BITMAP_MAGIC);
  return bitmap < 0 ? fields : [...fields, ...leafFields(bitmapSuperblock.describe(bytes, bitmap, bitmap))];
}

/** The right checksum, where there still is a superblock. */
export function superblockSum(path: string, file: number): FilePatch[] {
  const bytes = readFileSync(path);
  const place = placeOf(bytes);
  if (!place) return [];
  const { offset, version } = place;
  const length = version === 0 ? SUPERBLOCK1_BYTES : superblock1.size + 2 * superblock1.read(bytes, offset).roleCount;
  if (length > SUPERBLOCK1_BYTES) return [];
  const at = (version === 0 ? superblocks0.little : superblock1).range('checksum').offset;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(mdChecksum(bytes.subarray(offset, offset + length), at, 'little'));
  return [{ file, offset: offset + at, bytes: sum }];
}
