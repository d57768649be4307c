import type { BlockSource } from '@diskwright/sdk/block';
import { hasSecondHeader, readLuks2 } from './luks2';
import type { LuksHeader } from './luksHeader';
import { readLuks1 } from './luks1';
import { header1, Magic, MAGIC_BYTES } from './structures';

/** How sure it is that a container is there, 0 … 100: less where only the second header is, which a later format of the volume may have left. */
export async function likelihood(member: BlockSource, signal: AbortSignal): Promise<number> {
  if (member.size < header1.size) return 0;
  if ((await versionOf(member, signal)) !== null) return 100;
  return (await hasSecondHeader(member, signal)) ? 50 : 0;
}

/** @throws DamagedStructureError, NotSupportedError naming the feature */
export async function readHeader(member: BlockSource, signal: AbortSignal): Promise<LuksHeader> {
  return (await versionOf(member, signal)) === 1 ? readLuks1(member, signal) : readLuks2(member, signal);
}

/** Null: there is none at the beginning. */
async function versionOf(member: BlockSource, signal: AbortSignal): Promise<number | null> {
  const bytes = await member.read(0, MAGIC_BYTES + 2, signal);
  return bytes.toString('hex', 0, MAGIC_BYTES) === Magic.first ? bytes.readUInt16BE(MAGIC_BYTES) : null;
}
