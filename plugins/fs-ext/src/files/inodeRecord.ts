import type { NodeType } from '@diskwright/sdk/protocol';
import { crc32c } from '@diskwright/sdk/struct';
import type { Geometry } from '../geometry';
import { inode as layout, InodeFlag, largeInode } from '../structures/inode';

const at = (name: Parameters<typeof layout.range>[0]): number => layout.range(name).offset;
const large = (name: Parameters<typeof largeInode.range>[0]): number => largeInode.range(name).offset;
// Looked up once: whoever looks for the owner of a block goes through millions of inodes.
const offsets = {
  mode: at('mode'),
  uid: at('uidLow'),
  gid: at('gidLow'),
  links: at('linksCount'),
  sizeLow: at('sizeLow'),
  sizeHigh: at('sizeHigh'),
  sectorsLow: at('blocksLow'),
  sectorsHigh: at('blocksHigh'),
  flags: at('flags'),
  block: at('block'),
  generation: at('generation'),
  aclLow: at('fileAclLow'),
  aclHigh: at('fileAclHigh'),
  uidHigh: at('uidHigh'),
  gidHigh: at('gidHigh'),
  checksumLow: at('checksumLow'),
  extraSize: large('extraSize'),
  checksumHigh: large('checksumHigh'),
  projectId: large('projectId'),
} as const;
/** Where the seconds are, and the epoch and nanoseconds that larger inodes add to them. */
const times = {
  access: { seconds: at('accessTime'), extra: large('accessTimeExtra') },
  change: { seconds: at('changeTime'), extra: large('changeTimeExtra') },
  modification: { seconds: at('modificationTime'), extra: large('modificationTimeExtra') },
  creation: { seconds: large('creationTime'), extra: large('creationTimeExtra') },
} as const;
const BLOCK_BYTES = 60;

const nodeTypes: Record<number, NodeType> = {
  0x1: 'fifo',
  0x2: 'characterDevice',
  0x4: 'directory',
  0x6: 'blockDevice',
  0x8: 'file',
  0xa: 'symlink',
  0xc: 'socket',
};

/** A point in time as an inode records it. */
export interface InodeTime {
  /** Since 1970, UTC. */
  seconds: number;
  nanoseconds: number;
}

/**
 * An inode, read field by field from its bytes. Values are as found on disk, not checked. It looks into the piece of the table that it was read with: a buffer
 * for each of very many inodes would cost more than to read them.
 */
export class InodeRecord {
  private readonly length: number;

  /**
   * @param piece the whole inode, or with `start` and `length` what holds it
   * @param length as long as the filesystem's inodes are
   */
  constructor(
    readonly number: number,
    private readonly piece: Buffer,
    private readonly start = 0,
    length = piece.length,
  ) {
    this.length = length;
  }

  /** The whole inode. */
  get bytes(): Buffer {
    return this.piece.subarray(this.start, this.start + this.length);
  }

  get mode(): number {
    return this.piece.readUInt16LE(this.start + offsets.mode);
  }
  get type(): NodeType {
    return nodeTypes[this.mode >>> 12] ?? 'other';
  }
  get uid(): number {
    return this.piece.readUInt16LE(this.start + offsets.uid) + this.piece.readUInt16LE(this.start + offsets.uidHigh) * 0x10000;
  }
  get gid(): number {
    return this.piece.readUInt16LE(this.start + offsets.gid) + this.piece.readUInt16LE(this.start + offsets.gidHigh) * 0x10000;
  }
  get links(): number {
    return this.piece.readUInt16LE(this.start + offsets.links);
  }
  get flags(): number {
    return this.piece.readUInt32LE(this.start + offsets.flags);
  }
  hasFlag(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
  get generation(): number {
    return this.piece.readUInt32LE(this.start + offsets.generation);
  }
  /** 512-byte sectors in use; blocks with the flag HUGE_FILE. */
  get sectors(): number {
    return (
      this.piece.readUInt32LE(this.start + offsets.sectorsLow) +
      this.piece.readUInt16LE(this.start + offsets.sectorsHigh) * 2 ** 32
    );
  }
  /** The block map, extent tree, inline data, short link target or device number. */
  get block(): Buffer {
    const start = this.start + offsets.block;
    return this.piece.subarray(start, start + BLOCK_BYTES);
  }

  /** Bytes. The upper half counts for files only: in directories of old filesystems it is something else. At most 2^53 − 1. */
  get size(): number {
    const low = this.piece.readUInt32LE(this.start + offsets.sizeLow);
    if (this.type !== 'file') return low;
    return Math.min(low + this.piece.readUInt32LE(this.start + offsets.sizeHigh) * 2 ** 32, Number.MAX_SAFE_INTEGER);
  }

  /** The block of extended attributes; 0 when there is none. */
  get attributeBlock(): number {
    return this.piece.readUInt32LE(this.start + offsets.aclLow) + this.piece.readUInt16LE(this.start + offsets.aclHigh) * 2 ** 32;
  }

  /** Bytes behind the first 128 that hold fields; attributes follow. 0 in short inodes. */
  get extraSize(): number {
    if (this.length <= layout.size) return 0;
    const extra = this.piece.readUInt16LE(this.start + offsets.extraSize);
    return extra <= this.length - layout.size ? extra : 0;
  }

  get projectId(): number {
    return this.holds(offsets.projectId) ? this.piece.readUInt32LE(this.start + offsets.projectId) : 0;
  }

  /** Null where this inode does not record it. */
  time(which: keyof typeof times): InodeTime | null {
    const { seconds: place, extra } = times[which];
    if (which === 'creation' && !this.holds(place)) return null;
    const seconds = this.piece.readInt32LE(this.start + place);
    if (!this.holds(extra)) return { seconds, nanoseconds: 0 };
    const more = this.piece.readUInt32LE(this.start + extra);
    return { seconds: seconds + (more & 3) * 2 ** 32, nanoseconds: Math.min(more >>> 2, 999_999_999) };
  }

  /** When its content was changed, in milliseconds since 1970. */
  get modified(): number {
    const { seconds: place, extra } = times.modification;
    const seconds = this.piece.readInt32LE(this.start + place);
    if (!this.holds(extra)) return seconds * 1000;
    const more = this.piece.readUInt32LE(this.start + extra);
    return (seconds + (more & 3) * 2 ** 32) * 1000 + Math.floor(Math.min(more >>> 2, 999_999_999) / 1_000_000);
  }

  /** Whether the target of a symbolic link stands in the inode itself. */
  get isFastSymlink(): boolean {
    const isElsewhere = this.hasFlag(InodeFlag.EXTENTS) || this.hasFlag(InodeFlag.INLINE_DATA);
    return this.type === 'symlink' && !isElsewhere && this.size < BLOCK_BYTES;
  }

  /** Whether `block` leads to blocks of content, rather than being something else. */
  get hasBlocks(): boolean {
    if (this.hasFlag(InodeFlag.INLINE_DATA) || this.isFastSymlink) return false;
    const { type } = this;
    return type === 'file' || type === 'directory' || type === 'symlink' || type === 'other';
  }

  /** The start of the checksums of what belongs to this inode: tree blocks, directory blocks, the inode itself. */
  checksumSeed(geometry: Geometry): number {
    const words = Buffer.alloc(8);
    words.writeUInt32LE(this.number, 0);
    words.writeUInt32LE(this.generation, 4);
    return crc32c(geometry.checksumSeed, words);
  }

  /** Whether its checksum is right (`ext4_inode_csum_verify`); true where there is none. */
  isChecksumRight(geometry: Geometry): boolean {
    if (geometry.descriptorChecksum !== 'crc32c') return true;
    const bytes = Buffer.from(this.bytes);
    const hasHigh = this.holds(offsets.checksumHigh, 2);
    bytes.writeUInt16LE(0, offsets.checksumLow);
    if (hasHigh) bytes.writeUInt16LE(0, offsets.checksumHigh);
    const expected = crc32c(this.checksumSeed(geometry), bytes);
    const stored = this.piece.readUInt16LE(this.start + offsets.checksumLow);
    if (!hasHigh) return stored === (expected & 0xffff);
    return stored + this.piece.readUInt16LE(this.start + offsets.checksumHigh) * 0x10000 === expected;
  }

  /** Whether the inode is long enough for the field at `offset`. */
  private holds(offset: number, length = 4): boolean {
    return offset + length <= layout.size + this.extraSize;
  }
}
