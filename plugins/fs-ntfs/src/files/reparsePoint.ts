import type { NodeType } from '@diskwright/sdk/protocol';

export const ReparseTag = {
  MOUNT_POINT: 0xa000_0003,
  SYMLINK: 0xa000_000c,
  WOF: 0x8000_0017,
  LX_SYMLINK: 0xa000_001d,
  AF_UNIX: 0x8000_0023,
  LX_FIFO: 0x8000_0024,
  LX_CHR: 0x8000_0025,
  LX_BLK: 0x8000_0026,
} as const;

/** What they are, for people (MS-FSCC 2.1.2.1). */
const names: Record<number, string> = {
  [ReparseTag.MOUNT_POINT]: 'mount point or junction',
  [ReparseTag.SYMLINK]: 'symbolic link',
  [ReparseTag.WOF]: 'compressed by the Windows overlay filter',
  [ReparseTag.LX_SYMLINK]: 'symbolic link of WSL',
  [ReparseTag.AF_UNIX]: 'socket',
  [ReparseTag.LX_FIFO]: 'FIFO of WSL',
  [ReparseTag.LX_CHR]: 'character device of WSL',
  [ReparseTag.LX_BLK]: 'block device of WSL',
  0xc000_0004: 'hierarchical storage',
  0x8000_0006: 'hierarchical storage 2',
  0x8000_0007: 'single instance storage',
  0x8000_0008: 'WIM mount',
  0x8000_0009: 'cluster shared volume',
  0x8000_000a: 'distributed file system',
  0x8000_0012: 'distributed file system, replicated',
  0x8000_0013: 'data deduplication',
  0x8000_0014: 'NFS',
  0x8000_0016: 'file placeholder',
  0x8000_0018: 'Windows container',
  0x8000_001b: 'link to an application',
  0x9000_001c: 'projected file system',
  0xa000_0019: 'global reparse point',
};

/** A tag in words and in hexadecimal; those of cloud files are many, told by their last digits alone. */
export function reparseTagText(tag: number): string {
  const isCloud = (tag & 0xffff_0fff) >>> 0 === 0x9000_001a;
  const name = isCloud ? 'cloud file' : (names[tag] ?? 'unknown reparse point');
  return `${name} (0x${tag.toString(16).padStart(8, '0')})`;
}

/** What a reparse point makes of a file; null when it stays what it is. */
export function reparseType(tag: number): NodeType | null {
  switch (tag) {
    case ReparseTag.MOUNT_POINT:
    case ReparseTag.SYMLINK:
    case ReparseTag.LX_SYMLINK:
      return 'symlink';
    case ReparseTag.AF_UNIX:
      return 'socket';
    case ReparseTag.LX_FIFO:
      return 'fifo';
    case ReparseTag.LX_CHR:
      return 'characterDevice';
    case ReparseTag.LX_BLK:
      return 'blockDevice';
  }
  return null;
}

const HEADER_BYTES = 8;
const RELATIVE = 1;

/**
 * Where a link leads, from the value of its reparse point; null when it makes no sense. A path of Windows stands as it does there, `C:\folder`, without the
 * prefix by which the kernel knows it; one that is relative has slashes, so that it leads to the same file wherever the tree is.
 */
export function reparseTarget(value: Buffer): string | null {
  if (value.length < HEADER_BYTES) return null;
  const tag = value.readUInt32LE(0);
  const data = value.subarray(HEADER_BYTES);
  if (tag === ReparseTag.LX_SYMLINK) return data.length > 4 ? data.toString('utf8', 4) : null;
  const isLink = tag === ReparseTag.SYMLINK;
  const namesStart = isLink ? 12 : 8;
  if (!isLink && tag !== ReparseTag.MOUNT_POINT) return null;
  if (data.length < namesStart) return null;
  const path = (at: number): string | null => {
    const start = namesStart + data.readUInt16LE(at);
    const end = start + data.readUInt16LE(at + 2);
    return end > data.length || end === start ? null : data.toString('utf16le', start, end);
  };
  const target = path(4) ?? path(0)?.replace(/^\\\?\?\\/, '') ?? null;
  const isRelative = isLink && (data.readUInt32LE(8) & RELATIVE) !== 0;
  return target !== null && isRelative ? target.replaceAll('\\', '/') : target;
}
