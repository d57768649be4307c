import { createHash } from 'node:crypto';
import { NotSupportedError } from '@diskwright/sdk/errors';

/** Names of hashes as LUKS has them, and as Node has them. */
const HASHES = {
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  ripemd160: 'ripemd160',
  'sha3-224': 'sha3-224',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
  'blake2b-512': 'blake2b512',
  'blake2s-256': 'blake2s256',
  sm3: 'sm3',
} as const;
export type HashName = (typeof HASHES)[keyof typeof HASHES];

/** @param name as the header has it @returns null for one that is not available here */
export function findHash(name: string): HashName | null {
  const lower = name.toLowerCase();
  return Object.hasOwn(HASHES, lower) ? HASHES[lower as keyof typeof HASHES] : null;
}

/** @param name as the header has it @throws NotSupportedError naming it */
export function hashNamed(name: string): HashName {
  const hash = findHash(name);
  if (hash) return hash;
  throw new NotSupportedError(`the LUKS container uses the hash "${name}", which is not available here`);
}

export function digestOf(hash: HashName, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}
