import { createHash } from 'node:crypto';
import { digestOf, type HashName } from './hashes';

/**
 * Puts a key together that was split into stripes, all of which are needed for it: LUKS1 On-Disk Format Specification 1.2.3, 2.4.
 * @param material the stripes one after the other, `keyBytes` each
 */
export function mergeStripes(material: Buffer, keyBytes: number, stripes: number, hash: HashName): Buffer {
  const key = Buffer.alloc(keyBytes);
  const pieceBytes = digestOf(hash, Buffer.alloc(0)).length;
  for (let stripe = 0; stripe < stripes; stripe++) {
    if (stripe > 0) diffuse(key, hash, pieceBytes);
    const start = stripe * keyBytes;
    for (let index = 0; index < keyBytes; index++) key[index]! ^= material[start + index]!;
  }
  return key;
}

/** Hashes the key in place: each piece of the hash's length, the last one cut, with its number in front. */
function diffuse(key: Buffer, hash: HashName, pieceBytes: number): void {
  const number = Buffer.alloc(4);
  for (let index = 0; index * pieceBytes < key.length; index++) {
    number.writeUInt32BE(index);
    const start = index * pieceBytes;
    const piece = key.subarray(start, start + pieceBytes);
    createHash(hash).update(number).update(piece).digest().copy(piece);
  }
}
