import type { NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import { isChecksumRight } from '../checksum';
import {
  ForkFormat,
  FORKS_AT,
  INODE_CHECKSUM_AT,
  INODE_MAGIC,
  InodeFlag,
  InodeFlag2,
  inode as layout,
} from '../structures/inode';

const at = (name: Parameters<typeof layout.range>[0]): number => layout.range(name).offset;
// Looked up once: listings go through hundreds of thousands of inodes.
const offsets = {
  mode: at('mode'),
  version: at('version'),
  format: at('format'),
  oldLinks: at('oldLinks'),
  userId: at('userId'),
  groupId: at('groupId'),
  links: at('links'),
  projectLow: at('projectLow'),
  projectHigh: at('projectHigh'),
  largeExtents: at('largeExtentsCount'),
  size: at('size'),
  blocks: at('blocksCount'),
  extents: at('extentsCount'),
  attributeExtents: at('attributeExtentsCount'),
  attributesAt: at('attributesAt'),
  attributesFormat: at('attributesFormat'),
  flags: at('flags'),
  generation: at('generation'),
  flags2: at('flags2') + 4,
  number: at('number'),
} as const;
const times = {
  access: at('accessTime'),
  modification: at('modificationTime'),
  change: at('changeTime'),
  creation: at('creationTime'),
} as const;
const NANOSECONDS = 1_000_000_000;
/** Times with BIGTIME count from the least that 32 bits can say. */
const BIG_TIME_START = -(2 ** 31);
const TWO_POW_32 = 2 ** 32;

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
export type InodeTime = NonNullable<NodeMetadata['modified']>;

/** What a part of an inode leads to: the content or the attributes. */
export interface Fork {
  kind: 'data' | 'attributes';
  /** See `ForkFormat`. */
  format: number;
  bytes: Buffer;
  extentsCount: number;
}

/** An inode, read field by field from its bytes. Values are as found on disk, not checked. */
export class InodeRecord {
  constructor(
    readonly number: number,
    /** The whole inode, as long as the filesystem's inodes are. */
    readonly bytes: Buffer,
  ) {}

  /** Whether it bears the marks of an inode in use; where it says its number, the right one. */
  get isInode(): boolean {
    if (this.bytes.readUInt16BE(0) !== INODE_MAGIC || this.mode === 0) return false;
    return !this.isLong || this.bytes.readUInt32BE(offsets.number + 4) === this.number % TWO_POW_32;
  }
  /** Version 3, with the fields from the checksum on. */
  get isLong(): boolean {
    return this.bytes[offsets.version]! >= 3;
  }
  get mode(): number {
    return this.bytes.readUInt16BE(offsets.mode);
  }
  get type(): NodeType {
    return nodeTypes[this.mode >>> 12] ?? 'other';
  }
  get uid(): number {
    return this.bytes.readUInt32BE(offsets.userId);
  }
  get gid(): number {
    return this.bytes.readUInt32BE(offsets.groupId);
  }
  get links(): number {
    return this.bytes[offsets.version] === 1 ? this.bytes.readUInt16BE(offsets.oldLinks) : this.bytes.readUInt32BE(offsets.links);
  }
  get projectId(): number {
    return this.bytes.readUInt16BE(offsets.projectLow) + this.bytes.readUInt16BE(offsets.projectHigh) * 0x10000;
  }
  get flags(): number {
    return this.bytes.readUInt16BE(offsets.flags);
  }
  get flags2(): number {
    return this.isLong ? this.bytes.readUInt32BE(offsets.flags2) : 0;
  }
  get generation(): number {
    return this.bytes.readUInt32BE(offsets.generation);
  }
  /** Blocks in use, those of maps and attributes included. At most 2^53 − 1. */
  get blocks(): number {
    return this.readLarge(offsets.blocks);
  }
  /** Bytes; at most 2^53 − 1. */
  get size(): number {
    return this.readLarge(offsets.size);
  }
  /** Whether its content lies on the realtime device. */
  get isRealtime(): boolean {
    return (this.flags & InodeFlag.REALTIME) !== 0 && this.type === 'file';
  }

  /** The device that a device node stands for, in the encoding of System V. */
  get device(): { major: number; minor: number } {
    const encoded = this.bytes.readUInt32BE(this.forksAt);
    return { major: encoded >>> 18, minor: encoded & 0x3ffff };
  }

  /** Null where this inode does not record it. */
  time(which: keyof typeof times): InodeTime | null {
    const place = times[which];
    if (which === 'creation' && !this.isLong) return null;
    const high = this.bytes.readUInt32BE(place);
    const low = this.bytes.readUInt32BE(place + 4);
    if ((this.flags2 & InodeFlag2.BIG_TIME) === 0) return { seconds: high | 0, nanoseconds: Math.min(low, NANOSECONDS - 1) };
    // In two steps: together it is more than a number holds.
    const upper = high * TWO_POW_32;
    const seconds = Math.floor(upper / NANOSECONDS);
    const rest = (upper % NANOSECONDS) + low;
    return { seconds: BIG_TIME_START + seconds + Math.floor(rest / NANOSECONDS), nanoseconds: rest % NANOSECONDS };
  }

  /** When its content was changed, in milliseconds since 1970. */
  get modified(): number {
    const { seconds, nanoseconds } = this.time('modification')!;
    return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
  }

  get dataFork(): Fork {
    const end = this.attributesAt ?? this.bytes.length;
    const hasLargeCounts = (this.flags2 & InodeFlag2.LARGE_COUNTS) !== 0;
    return {
      kind: 'data',
      format: this.bytes[offsets.format]!,
      bytes: this.bytes.subarray(this.forksAt, end),
      extentsCount: hasLargeCounts ? this.readLarge(offsets.largeExtents) : this.bytes.readUInt32BE(offsets.extents),
    };
  }

  /** Null when there are no attributes: no place for them, or an empty one. */
  get attributeFork(): Fork | null {
    const start = this.attributesAt;
    if (start === null) return null;
    const hasLargeCounts = (this.flags2 & InodeFlag2.LARGE_COUNTS) !== 0;
    const { bytes } = this;
    const extentsCount = hasLargeCounts ? bytes.readUInt32BE(offsets.extents) : bytes.readUInt16BE(offsets.attributeExtents);
    const format = bytes[offsets.attributesFormat]!;
    if (format === ForkFormat.EXTENTS && extentsCount === 0) return null;
    return { kind: 'attributes', format, bytes: bytes.subarray(start), extentsCount };
  }

  /** Whether its checksum is right; true where it has none. */
  get isChecksumRight(): boolean {
    return !this.isLong || isChecksumRight(this.bytes, INODE_CHECKSUM_AT);
  }

  private get forksAt(): number {
    return this.isLong ? FORKS_AT.long : FORKS_AT.short;
  }

  /** Null when there are none; damage may place them behind the end, where there is nothing. */
  private get attributesAt(): number | null {
    const units = this.bytes[offsets.attributesAt]!;
    return units === 0 ? null : Math.min(this.forksAt + units * 8, this.bytes.length);
  }

  private readLarge(offset: number): number {
    const value = this.bytes.readUInt32BE(offset) * TWO_POW_32 + this.bytes.readUInt32BE(offset + 4);
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }
}
