import { createCipheriv, createHash } from 'node:crypto';
import { SeededRandom } from '@diskwright/sdk/testing';
import { describe, expect, test } from 'vitest';
import { openCipher, parseEncryption } from './encryption';

/** Encrypted a sector at a time by OpenSSL, with initial vectors made anew from dm-crypt's description. */
function encrypted(name: string, key: Buffer, plain: Buffer, sectorBytes: number, first: number): Buffer {
  const algorithm = name.startsWith('aes-xts') ? `aes-${key.length * 4}-xts` : `aes-${key.length * 8}-cbc`;
  const sectors: Buffer[] = [];
  for (let at = 0; at < plain.length; at += sectorBytes) {
    const cipher = createCipheriv(algorithm, key, vectorOf(name, key, first + at / 512)).setAutoPadding(false);
    sectors.push(cipher.update(plain.subarray(at, at + sectorBytes)), cipher.final());
  }
  return Buffer.concat(sectors);
}

function vectorOf(name: string, key: Buffer, sector: number): Buffer {
  const vector = Buffer.alloc(16);
  if (name.endsWith('-plain64be')) vector.writeBigUInt64BE(BigInt(sector), 8);
  else if (name.endsWith('-plain')) vector.writeUInt32LE(sector % 2 ** 32);
  else if (!name.endsWith('-null')) vector.writeBigUInt64LE(BigInt(sector));
  if (!name.includes('essiv')) return vector;
  const salted = createCipheriv('aes-256-ecb', createHash('sha256').update(key).digest(), null).setAutoPadding(false);
  return salted.update(vector);
}

const random = new SeededRandom(1, 0);
const BEYOND_32_BITS = 2 ** 32 - 3;

describe('decrypts what OpenSSL has encrypted', () => {
  test.each([
    ['aes-xts-plain64', 64, 512],
    ['aes-xts-plain64', 64, 4096],
    ['aes-xts-plain64', 32, 1024],
    ['aes-xts-plain', 64, 512],
    ['aes-cbc-essiv:sha256', 32, 512],
    ['aes-cbc-essiv:sha256', 16, 2048],
    ['aes-cbc-plain', 32, 512],
    ['aes-cbc-plain64', 24, 4096],
    ['aes-cbc-plain64be', 32, 512],
    ['aes-cbc-null', 16, 512],
  ])('%s, key of %i bytes, sectors of %i', (name, keyBytes, sectorBytes) => {
    const key = random.bytes(keyBytes);
    // More than a piece, and no multiple of one; where it begins is no multiple of a word.
    const plain = random.bytes(36 * 4096);
    const sectors = encrypted(name, key, plain, sectorBytes, BEYOND_32_BITS);
    const unaligned = Buffer.concat([Buffer.alloc(3), sectors]).subarray(3);
    const before = Buffer.from(sectors);
    const cipher = openCipher(parseEncryption(name, keyBytes), Buffer.from(key), sectorBytes);
    expect(cipher.decrypt(sectors, BEYOND_32_BITS).equals(plain)).toBe(true);
    expect(cipher.decrypt(unaligned, BEYOND_32_BITS).equals(plain)).toBe(true);
    expect(sectors.equals(before)).toBe(true);
  });
});

test.each([
  ['serpent-xts-plain64', 64],
  ['aes-xts-benbi', 64],
  ['aes-lrw-plain64', 48],
  ['aes-ecb', 32],
  ['xchacha20,aes-adiantum-plain64', 32],
  ['aes-cbc-essiv', 32],
  ['aes-xts-plain64', 65],
])('%s with a key of %i bytes is refused by its name', (name, keyBytes) => {
  expect(() => parseEncryption(name, keyBytes)).toThrow(
    expect.objectContaining({ code: 'NotSupported', message: expect.stringContaining(`"${name}"`) }),
  );
});
