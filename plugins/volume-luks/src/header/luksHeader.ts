import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Encryption } from '../cipher/encryption';
import type { HashName } from '../keys/hashes';
import type { KeyDerivation } from '../keys/keyDerivation';

/** Counted in these whatever the sectors of the data are: initial vectors, offsets of version 1. */
export const SECTOR_BYTES = 512;

/** What the header of a container says, of either version, checked. */
export interface LuksHeader {
  version: 1 | 2;
  label: string | null;
  uuid: string | null;
  data: DataSegment;
  /** Those that may hold the key of the data, in the order in which they are to be tried; at least one. */
  keySlots: readonly KeySlot[];
  digest: KeyDigest;
  /** What a user should know, sentences. */
  warnings: readonly string[];
}

/** Where the encrypted data lie. */
export interface DataSegment {
  /** Bytes from the start of the volume; the size is a multiple of the sectors'. */
  offset: number;
  size: number;
  /** Encrypted as one each. */
  sectorBytes: number;
  encryption: Encryption;
  /** The first sector's number for initial vectors, in units of 512 bytes. */
  firstVector: number;
}

/** A copy of the key of the data, encrypted with one passphrase. */
export interface KeySlot {
  name: string;
  derivation: KeyDerivation;
  /** Bytes from the start of the volume at which the split key begins. */
  areaOffset: number;
  areaEncryption: Encryption;
  stripes: number;
  stripeHash: HashName;
}

/** By which the right key of the data is told from others: PBKDF2 of the key. */
export interface KeyDigest {
  hash: HashName;
  iterations: number;
  salt: Buffer;
  digest: Buffer;
}

export function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('LUKS header', `the LUKS header is damaged: ${what}`);
}
