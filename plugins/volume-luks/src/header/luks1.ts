import type { BlockSource } from '@diskwright/sdk/block';
import { parseEncryption } from '../cipher/encryption';
import { hashNamed } from '../keys/hashes';
import { checkArea, dataSegment } from './areas';
import { damaged, type KeySlot, type LuksHeader, SECTOR_BYTES } from './luksHeader';
import { header1, KEY_SLOT_ACTIVE } from './structures';

/** @throws DamagedStructureError, NotSupportedError */
export async function readLuks1(member: BlockSource, signal: AbortSignal): Promise<LuksHeader> {
  const fields = header1.read(await member.read(0, header1.size, signal));
  const { keyBytes, payloadOffset, digestIterations, uuid } = fields;
  const encryption = parseEncryption(`${fields.cipher}-${fields.cipherMode}`, keyBytes);
  const hash = hashNamed(fields.hash);
  const warnings: string[] = [];
  const keySlots: KeySlot[] = [];
  if (digestIterations === 0) throw damaged('the digest of its key would be made in no round');
  fields.keySlots.forEach(({ state, iterations, salt, areaOffset, stripes }, index) => {
    if (state !== KEY_SLOT_ACTIVE) return;
    const slot: KeySlot = {
      name: String(index),
      derivation: { type: 'pbkdf2', hash, iterations, salt },
      areaOffset: areaOffset * SECTOR_BYTES,
      areaEncryption: encryption,
      stripes,
      stripeHash: hash,
    };
    const problem = iterations === 0 ? 'its key would be made in no round' : checkArea(slot, keyBytes, header1.size, member.size);
    if (problem === null) keySlots.push(slot);
    else warnings.push(`Key slot ${index} is damaged: ${problem}.`);
  });
  if (keySlots.length === 0) throw damaged('none of its key slots can be used');
  const { digest, digestSalt } = fields;
  return {
    version: 1,
    label: null,
    uuid: uuid === '' ? null : uuid,
    data: dataSegment(
      { offset: payloadOffset * SECTOR_BYTES, size: null, sectorBytes: SECTOR_BYTES, encryption, firstVector: 0 },
      member.size,
      warnings,
    ),
    keySlots,
    digest: { hash, iterations: digestIterations, salt: digestSalt, digest },
    warnings,
  };
}
