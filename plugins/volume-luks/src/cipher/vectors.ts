import { type Cipher, createCipheriv } from 'node:crypto';
import { NotSupportedError } from '@diskwright/sdk/errors';
import { digestOf, type HashName } from '../keys/hashes';
import { BLOCK_BYTES } from './sectorCipher';

/** As dm-crypt names them. */
export type VectorKind = 'plain' | 'plain64' | 'plain64be' | 'essiv' | 'null';

const UNITS = 512;
const LOW = 2 ** 32;

/** The initial vectors of sectors, as dm-crypt makes them of their numbers. */
export class Vectors {
  /** Of ESSIV: AES with the hashed key. */
  private readonly cipher: Cipher | null;

  /** @param hash of ESSIV @throws NotSupportedError for a hash that is no key of AES */
  constructor(
    private readonly kind: VectorKind,
    hash: HashName | null,
    key: Buffer,
  ) {
    this.cipher = hash === null ? null : blockCipher(digestOf(hash, key), hash);
  }

  /** Of `count` sectors of `sectorBytes`, one after the other; the first one's number in units of 512 bytes whatever their size. */
  of(first: number, count: number, sectorBytes: number): Buffer {
    const vectors = Buffer.alloc(count * BLOCK_BYTES);
    if (this.kind === 'null') return vectors;
    for (let index = 0; index < count; index++) {
      const number = first + index * (sectorBytes / UNITS);
      const [low, high] = [number % LOW, Math.floor(number / LOW)];
      const at = index * BLOCK_BYTES;
      if (this.kind === 'plain64be') {
        vectors.writeUInt32BE(high, at + 8);
        vectors.writeUInt32BE(low, at + 12);
      } else {
        vectors.writeUInt32LE(low, at);
        if (this.kind !== 'plain') vectors.writeUInt32LE(high, at + 4);
      }
    }
    return this.cipher ? this.cipher.update(vectors) : vectors;
  }
}

function blockCipher(key: Buffer, hash: HashName): Cipher {
  if (![16, 24, 32].includes(key.length))
    throw new NotSupportedError(
      `the LUKS container makes initial vectors with ${hash}, whose ${key.length * 8} bits are no key of AES`,
    );
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  key.fill(0);
  return cipher;
}
