import { DiskwrightError, NotSupportedError } from '@diskwright/sdk/errors';
import { parseEncryption } from '../cipher/encryption';
import { hashNamed } from '../keys/hashes';
import type { KeyDerivation } from '../keys/keyDerivation';
import { checkArea } from './areas';
import type { JsonObject } from './jsonObject';
import { damaged, type KeySlot } from './luksHeader';

/** Of a slot that says nothing; one with a higher priority is tried before it. */
const NORMAL_PRIORITY = 1;
const MIN_SALT_BYTES = 8;
/** Kibibytes of memory that Argon2 needs for each lane. */
const MIN_LANE_KIBIBYTES = 8;

interface Candidate {
  slot: KeySlot;
  /** Of the key that is in it. */
  keyBytes: number;
  priority: number;
}

/**
 * The key slots in the order in which they are to be tried.
 * @param slots by their numbers
 * @param warnings is added to for those that cannot be used
 * @throws NotSupportedError or DamagedStructureError when none can
 */
export function keySlotsOf(
  slots: readonly [string, JsonObject][],
  areasFrom: number,
  volumeSize: number,
  warnings: string[],
): { keyBytes: number; keySlots: KeySlot[] } {
  const candidates: Candidate[] = [];
  const problems: string[] = [];
  let unsupported: NotSupportedError | null = null;
  for (const [name, slot] of slots) {
    try {
      candidates.push(candidateOf(name, slot, areasFrom, volumeSize));
    } catch (error) {
      if (!(error instanceof DiskwrightError)) throw error;
      if (error instanceof NotSupportedError) unsupported ??= error;
      problems.push(`Key slot ${name} is not used: ${error.message}.`);
    }
  }
  const [best] = candidates.sort((a, b) => b.priority - a.priority);
  if (!best) throw unsupported ?? damaged(`none of its key slots can be used. ${problems.join(' ')}`.trim());
  warnings.push(...problems);
  const { keyBytes } = best;
  return { keyBytes, keySlots: candidates.filter((each) => each.keyBytes === keyBytes).map(({ slot }) => slot) };
}

function candidateOf(name: string, slot: JsonObject, areasFrom: number, volumeSize: number): Candidate {
  const [type, split, area] = [slot.text('type'), slot.object('af'), slot.object('area')];
  if (type !== 'luks2')
    throw new NotSupportedError(`the key slot of the LUKS container is of the kind "${type}", which is not known here`);
  if (split.text('type') !== 'luks1')
    throw new NotSupportedError(`a key of the LUKS container is split by "${split.text('type')}", which is not known here`);
  if (area.text('type') !== 'raw')
    throw new NotSupportedError(`a key of the LUKS container is stored as "${area.text('type')}", which is not known here`);
  const found: KeySlot = {
    name,
    derivation: derivationOf(slot.object('kdf')),
    areaOffset: area.uint64('offset'),
    areaEncryption: parseEncryption(area.text('encryption'), area.count('key_size')),
    stripes: split.count('stripes'),
    stripeHash: hashNamed(split.text('hash')),
  };
  const keyBytes = slot.count('key_size');
  const problem = checkArea(found, keyBytes, areasFrom, volumeSize);
  if (problem !== null) throw damaged(problem);
  return { slot: found, keyBytes, priority: slot.has('priority') ? slot.count('priority', 0) : NORMAL_PRIORITY };
}

function derivationOf(kdf: JsonObject): KeyDerivation {
  const type = kdf.text('type');
  const salt = kdf.bytes('salt');
  if (type === 'pbkdf2') return { type, hash: hashNamed(kdf.text('hash')), iterations: kdf.count('iterations'), salt };
  if (type !== 'argon2i' && type !== 'argon2id')
    throw new NotSupportedError(`a key of the LUKS container is made by "${type}", which is not known here`);
  const [passes, memoryKibibytes, lanes] = [kdf.count('time'), kdf.count('memory'), kdf.count('cpus')];
  if (memoryKibibytes < MIN_LANE_KIBIBYTES * lanes || salt.length < MIN_SALT_BYTES)
    throw damaged(`its key would be made in ${lanes} lanes with ${memoryKibibytes} KiB of memory`);
  return { type, passes, memoryKibibytes, lanes, salt };
}
