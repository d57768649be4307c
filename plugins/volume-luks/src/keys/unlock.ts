import { timingSafeEqual } from 'node:crypto';
import type { BlockSource } from '@diskwright/sdk/block';
import {
  DamagedStructureError,
  type DiskwrightError,
  FailedError,
  NotSupportedError,
  SecretNeededError,
} from '@diskwright/sdk/errors';
import { openCipher } from '../cipher/encryption';
import { areaBytes } from '../header/areas';
import { type KeyDigest, type KeySlot, type LuksHeader, SECTOR_BYTES } from '../header/luksHeader';
import { mergeStripes } from './antiForensic';
import { deriveKey, type DerivationLimits } from './keyDerivation';

/** The key of the data, and the name of the slot that it was in. The caller wipes the key. */
export interface UnlockedKey {
  key: Buffer;
  slot: string;
}

/**
 * Tries the key slots, one after the other, each with all of the secrets.
 * @throws SecretNeededError when the passphrase fits none; what stands in the way of a slot that could not be tried, when no other fits
 */
export async function unlock(
  header: LuksHeader,
  member: BlockSource,
  secrets: readonly Buffer[],
  limits: DerivationLimits,
  signal: AbortSignal,
): Promise<UnlockedKey> {
  let problem: DiskwrightError | null = null;
  for (const slot of header.keySlots) {
    try {
      for (const secret of secrets) {
        const key = await keyIn(slot, header, member, secret, limits, signal);
        if (key) return { key, slot: slot.name };
      }
    } catch (error) {
      if (!(error instanceof NotSupportedError || error instanceof FailedError || error instanceof DamagedStructureError))
        throw error;
      problem ??= error;
    }
  }
  if (problem) throw problem;
  const { length } = header.keySlots;
  throw new SecretNeededError(length === 1 ? 'the passphrase is wrong' : `the passphrase fits none of the ${length} key slots`, {
    wrong: true,
    todo: 'Give another one; mind the keyboard layout that it was set with.',
  });
}

/** The key of the data; null when the passphrase is not that of the slot. */
async function keyIn(
  slot: KeySlot,
  { data, digest }: LuksHeader,
  member: BlockSource,
  secret: Buffer,
  limits: DerivationLimits,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const { keyBytes } = data.encryption;
  const area = await member.read(slot.areaOffset, areaBytes(slot.stripes, keyBytes), signal);
  const derived = await deriveKey(secret, slot.derivation, slot.areaEncryption.keyBytes, limits, signal);
  const material = openCipher(slot.areaEncryption, derived, SECTOR_BYTES).decrypt(area, 0);
  const key = mergeStripes(material, keyBytes, slot.stripes, slot.stripeHash);
  derived.fill(0);
  material.fill(0);
  let isRight = false;
  try {
    isRight = await matches(key, digest, limits, signal);
  } finally {
    // Also of one who gives up meanwhile.
    if (!isRight) key.fill(0);
  }
  return isRight ? key : null;
}

async function matches(
  key: Buffer,
  { digest, ...pbkdf2 }: KeyDigest,
  limits: DerivationLimits,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await deriveKey(key, { type: 'pbkdf2', ...pbkdf2 }, digest.length, limits, signal);
  return timingSafeEqual(found, digest);
}
