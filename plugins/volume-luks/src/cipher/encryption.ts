import { NotSupportedError } from '@diskwright/sdk/errors';
import { hashNamed, type HashName } from '../keys/hashes';
import { CbcCipher } from './cbcCipher';
import type { SectorCipher } from './sectorCipher';
import { type VectorKind, Vectors } from './vectors';
import { XtsCipher } from './xtsCipher';

/** How sectors are encrypted, as dm-crypt names it, taken apart: `aes-xts-plain64`. */
export interface Encryption {
  name: string;
  mode: 'xts' | 'cbc';
  vectors: VectorKind;
  /** Of ESSIV. */
  vectorHash: HashName | null;
  keyBytes: number;
}

const VECTORS: readonly string[] = ['plain', 'plain64', 'plain64be', 'essiv', 'null'] satisfies VectorKind[];
/** Of AES with 128, 192 and 256 bits; XTS has two keys. */
const KEY_BYTES = { cbc: [16, 24, 32], xts: [32, 48, 64] };

/** @throws NotSupportedError naming what is not known here */
export function parseEncryption(name: string, keyBytes: number): Encryption {
  const [, cipher, mode, kind, hash] = /^([^-]+)-([^-]+)-([^-:]+)(?::(.+))?$/.exec(name) ?? [];
  const known =
    cipher === 'aes' && (mode === 'xts' || mode === 'cbc') && VECTORS.includes(kind!) && (kind === 'essiv') === !!hash;
  if (!known) {
    throw new NotSupportedError(`the LUKS container is encrypted with "${name}", which cannot be decrypted here`, {
      todo: 'AES in the modes XTS and CBC can.',
    });
  }
  if (!KEY_BYTES[mode].includes(keyBytes))
    throw new NotSupportedError(
      `the LUKS container is encrypted with "${name}" and a key of ${keyBytes * 8} bits, which do not fit`,
    );
  return { name, mode, vectors: kind as VectorKind, vectorHash: hash ? hashNamed(hash) : null, keyBytes };
}

/**
 * @param key is not needed afterwards
 * @param sectorBytes encrypted as one
 */
export function openCipher({ mode, vectors, vectorHash }: Encryption, key: Buffer, sectorBytes: number): SectorCipher {
  const generator = new Vectors(vectors, vectorHash, key);
  return mode === 'xts' ? new XtsCipher(key, generator, sectorBytes) : new CbcCipher(key, generator, sectorBytes);
}
