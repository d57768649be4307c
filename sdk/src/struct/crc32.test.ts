import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32, crc32ByTable } from './crc32';

test.each([crc32, crc32ByTable])('%s is the checksum that ends a gzip', (checksum) => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('123456789'), randomBytes(70_000)]) {
    expect(checksum(bytes)).toBe(gzipSync(bytes).subarray(-8).readUInt32LE());
  }
});
