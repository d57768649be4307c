import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native, noise, output, scratch } from './support';

/** Around the borders of BLAKE3's blocks (64 bytes), chunks (1024) and of what vector units hash at once. */
const LENGTHS = [0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 4096, 8192, 16_384, 16_385, 31_744, 102_400, 1_048_577];

/** The official test vectors' input: bytes that repeat after 251. */
function vectorInput(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));
}

describe('blake3', () => {
  it('has the values of the official test vectors', () => {
    // test_vectors.json of the BLAKE3 repository, first 32 bytes of `hash`.
    const vectors: [number, string][] = [
      [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
      [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
      [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
    ];
    for (const [length, hash] of vectors) expect(native.blake3(vectorInput(length)).toString('hex')).toBe(hash);
  });

  it('equals b3sum at any length', () => {
    const folder = scratch();
    const paths = LENGTHS.map((length) => {
      const path = join(folder, String(length));
      writeFileSync(path, vectorInput(length));
      return path;
    });
    const hashes = output('b3sum', '--no-names', ...paths)
      .trim()
      .split('\n');
    expect(LENGTHS.map((length) => native.blake3(vectorInput(length)).toString('hex'))).toEqual(hashes);
  });

  it('is the same in pieces, and goes on after a digest', () => {
    const data = noise(100_000);
    const hasher = new native.Blake3();
    for (let offset = 0; offset < data.length; offset += 7_777) {
      hasher.update(data.subarray(offset, offset + 7_777));
      expect(hasher.digest().equals(native.blake3(data.subarray(0, offset + 7_777)))).toBe(true);
    }
  });
});

describe('isZero', () => {
  it('sees one byte at any place of any length', () => {
    for (const length of [1, 2, 15, 16, 17, 31, 32, 33, 100, 4097]) {
      const bytes = Buffer.alloc(length);
      expect(native.isZero(bytes)).toBe(true);
      for (let index = 0; index < length; index++) {
        bytes[index] = 1;
        expect(native.isZero(bytes)).toBe(false);
        bytes[index] = 0;
      }
    }
  });

  it('is true for no bytes', () => {
    expect(native.isZero(Buffer.alloc(0))).toBe(true);
  });
});
