import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from './crc32';

test('is the checksum that ends a gzip', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('123456789'), randomBytes(70_000)]) {
    expect(crc32(bytes)).toBe(gzipSync(bytes).subarray(-8).readUInt32LE());
  }
});
