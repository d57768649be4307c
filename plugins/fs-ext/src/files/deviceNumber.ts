import type { InodeRecord } from './inodeRecord';

/** The device that the inode of a device node stands for: in the old form of 16 bits, or in the new one behind it (`ext4_iget`). */
export function deviceNumber({ block }: InodeRecord): { major: number; minor: number } {
  const old = block.readUInt32LE(0);
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff };
  const encoded = block.readUInt32LE(4);
  return { major: (encoded & 0xfff00) >>> 8, minor: (encoded & 0xff) | ((encoded >>> 12) & 0xfff00) };
}
