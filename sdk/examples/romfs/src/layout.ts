/** The on-disk structures of romfs: everything is big-endian and lies at multiples of 16 bytes. */
import type { BlockSource } from '@diskwright/sdk/block';
import { ascii, field, hex32, struct, u32 } from '@diskwright/sdk/struct';

const SPECIFICATION = 'Linux, Documentation/filesystems/romfs.rst';
export const MAGIC = '-rom1fs-';
const ALIGNMENT = 16;
/** The kernel takes no longer names (fs/romfs/internal.h, ROMFS_MAXFN). */
const MAX_NAME_BYTES = 128;
/** So many bytes, or all of a smaller filesystem, add up to 0. */
const CHECKED_BYTES = 512;

export const superblock = struct('romfs superblock', SPECIFICATION, {
  magic: field(ascii(8), 'marks the filesystem', { check: (value) => (value === MAGIC ? null : 'is not that of romfs') }),
  size: field(u32('big'), 'bytes that can be reached'),
  checksum: field(hex32('big'), 'makes the first 512 bytes add up to 0'),
});

export const fileHeader = struct('romfs file header', SPECIFICATION, {
  next: field(hex32('big'), 'offset of the next header, and in its low bits the type and whether it can be executed'),
  info: field(hex32('big'), 'directory: its first header; hard link: what it links to; device: its numbers'),
  size: field(u32('big'), 'bytes of content'),
  checksum: field(hex32('big'), 'makes header and name add up to 0'),
});

export interface RomVolume {
  size: number;
  label: string;
  /** Offset of the first header of the root directory. */
  root: number;
  /** Whether the checksum of the start holds. */
  sound: boolean;
}

export const NODE_TYPES = ['other', 'directory', 'file', 'symlink', 'blockDevice', 'characterDevice', 'socket', 'fifo'] as const;
export const HARD_LINK = 0;

export interface RomFile {
  /** Of its header, from the volume's start. */
  offset: number;
  /** Index into {@link NODE_TYPES}; 0 is a hard link. */
  type: number;
  /** 0 where it is the last of its directory. */
  next: number;
  info: number;
  size: number;
  /** Bytes of the name; text of any encoding. */
  name: Buffer;
  /** Where its content begins. */
  content: number;
}

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** A sum of 32-bit numbers, to which a checksum is added so that it comes out as 0. */
function sum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) total = (total + bytes.readUInt32BE(at)) >>> 0;
  return total;
}

/** Bytes up to a zero, which must come soon; null when it does not. */
async function readName(source: BlockSource, offset: number, signal: AbortSignal): Promise<Buffer | null> {
  const bytes = await source.read(offset, Math.min(MAX_NAME_BYTES + 1, source.size - offset), signal);
  const end = bytes.indexOf(0);
  return end < 0 ? null : bytes.subarray(0, end);
}

/** The volume by its superblock; null when there is no romfs. */
export async function readVolume(source: BlockSource, signal: AbortSignal): Promise<RomVolume | null> {
  if (source.size < superblock.size + ALIGNMENT) return null;
  const bytes = await source.read(0, Math.min(CHECKED_BYTES, source.size), signal);
  const { magic, size } = superblock.read(bytes);
  const label = magic === MAGIC ? await readName(source, superblock.size, signal) : null;
  if (label === null) return null;
  const root = aligned(superblock.size + label.length + 1);
  if (size < root + fileHeader.size) return null;
  return { size, label: label.toString('utf8'), root, sound: sum(bytes.subarray(0, size)) === 0 };
}

/** The header at an offset; null when there can be none. */
export async function readFile(source: BlockSource, offset: number, signal: AbortSignal): Promise<RomFile | null> {
  if (offset <= 0 || offset % ALIGNMENT !== 0 || offset > source.size - fileHeader.size - ALIGNMENT) return null;
  const { next, info, size } = fileHeader.read(await source.read(offset, fileHeader.size, signal));
  const name = await readName(source, offset + fileHeader.size, signal);
  if (name === null) return null;
  const content = aligned(offset + fileHeader.size + name.length + 1);
  const type = next & 7;
  return { offset, type, next: next - (next % ALIGNMENT), info, size, name, content };
}
