import { deviceMap, type ImageMap, JoinedMap, rawMap } from '@diskwright/sdk/image';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { levelName, LINEAR, MIRROR, otherArrayBytes } from './levels';
import type { Member, Members } from './members';
import { MirrorSource } from './mirrorSource';

/** The bytes of an array, or why they cannot be read, in words that go on from "cannot be read: ", and what to do about it. */
export type ArrayData = { size: number } & (
  { map: ImageMap; reason?: undefined; todo?: undefined } | { map?: undefined; reason: string; todo?: string }
);

const GIVE_MISSING = 'Give the device or image that holds it as well.';

/** @param badBlocks of each device that is in sync */
export function arrayData(
  { reference, all }: Members,
  badBlocks: ReadonlyMap<Member, readonly ByteRange[]>,
  sectorSize: 512 | 4096,
): ArrayData {
  const { level, unread, raidDisks } = reference;
  const usable = all.filter(({ position }) => position !== null).sort((one, other) => one.position! - other.position!);
  if (level !== LINEAR && level !== MIRROR) {
    const size = otherArrayBytes(
      reference,
      usable.map(({ superblock }) => superblock.dataBytes),
    );
    return { size, reason: `it is ${levelName(level)}, which is not read` };
  }
  const parts = level === LINEAR ? usable.map((member) => linearPart(member, reference.chunkBytes)) : [];
  const size = level === MIRROR ? reference.sizeBytes : parts.reduce((sum, part) => sum + part.size, 0);
  if (unread !== null) return { size, reason: unread };
  if (!Number.isSafeInteger(size)) return { size: 0, reason: 'it would be larger than 8 PiB' };
  if (level === LINEAR) {
    const missing = Array.from({ length: raidDisks }, (_, index) => index).filter((index) => usable[index]?.position !== index);
    if (missing.length === 0) return { size, map: new JoinedMap(parts) };
    return { size, reason: `device ${missing[0]! + 1} of ${raidDisks} is missing`, todo: GIVE_MISSING };
  }
  if (usable.length === 0) return { size, reason: 'no device that is in sync is there', todo: GIVE_MISSING };
  const mirrors = usable
    .sort((one, other) => Number(one.superblock.writeMostly) - Number(other.superblock.writeMostly))
    .map((member) => ({
      source: member.source,
      dataOffset: member.superblock.dataOffset,
      badBlocks: badBlocks.get(member) ?? [],
    }));
  return { size, map: rawMap(new MirrorSource(mirrors, size, sectorSize), 0, size) };
}

/** Of a device, as much as goes into the array: whole chunks. */
function linearPart({ source, superblock, position }: Member, chunkBytes: number): ImageMap {
  const { dataOffset, dataBytes } = superblock;
  const used = chunkBytes > 0 ? Math.floor(dataBytes / chunkBytes) * chunkBytes : dataBytes;
  return deviceMap(source, dataOffset, used, `device ${position! + 1} of the array`);
}
