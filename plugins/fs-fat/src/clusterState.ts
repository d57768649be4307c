import type { FatWidth } from './geometry';

/** What a FAT entry says of its cluster. Where two FATs disagree, the larger one counts. */
export const ClusterState = { free: 0, bad: 1, used: 2 } as const;

/** The mark of a cluster with unreadable sectors (specification, section 4). */
export const BAD_CLUSTER: Record<FatWidth, number> = { 12: 0xff7, 16: 0xfff7, 32: 0x0ffffff7 };

/** Entry `index` of a FAT of 12 bits: three bytes hold two entries. */
export function entry12(fat: Buffer, index: number): number {
  const pair = fat.readUInt16LE(Math.floor((index * 3) / 2));
  return index % 2 === 1 ? pair >>> 4 : pair & 0xfff;
}

/** Entry `index` of a FAT; the upper four bits of a FAT32 entry are reserved and left out. */
export function entryOf(width: FatWidth, fat: Buffer, index: number): number {
  if (width === 12) return entry12(fat, index);
  if (width === 16) return fat.readUInt16LE(index * 2);
  // A chain is looked up in all entries that lie near: `readUInt32LE` would be most of the work.
  const at = index * 4;
  return fat[at]! | (fat[at + 1]! << 8) | (fat[at + 2]! << 16) | ((fat[at + 3]! & 0x0f) << 24);
}

/** Bytes that entries 0 … count − 1 take. */
export function bytesOfEntries(width: FatWidth, count: number): number {
  return Math.ceil((count * width) / 8);
}

/**
 * Decodes `count` entries, the first of which begins at byte 0 of `fat`, to {@link ClusterState}s. Every value but free and bad counts as used: links,
 * ends of chains, reserved values and links that lead nowhere. The upper four bits of a FAT32 entry are reserved. Reads the bytes directly and not
 * through a structure, since a large volume has hundreds of millions of entries.
 */
export function decodeStates(width: FatWidth, fat: Buffer, count: number): Uint8Array {
  const { free, bad, used } = ClusterState;
  const states = new Uint8Array(count);
  const badMark = BAD_CLUSTER[width];
  if (width === 12) {
    for (let index = 0; index < count; index++) {
      const value = entry12(fat, index);
      states[index] = value === 0 ? free : value === badMark ? bad : used;
    }
    return states;
  }
  if (width === 16) {
    for (let index = 0, at = 0; index < count; index++, at += 2) {
      const value = fat[at]! | (fat[at + 1]! << 8);
      states[index] = value === 0 ? free : value === badMark ? bad : used;
    }
    return states;
  }
  for (let index = 0, at = 0; index < count; index++, at += 4) {
    const value = fat[at]! | (fat[at + 1]! << 8) | (fat[at + 2]! << 16) | ((fat[at + 3]! & 0x0f) << 24);
    states[index] = value === 0 ? free : value === badMark ? bad : used;
  }
  return states;
}
