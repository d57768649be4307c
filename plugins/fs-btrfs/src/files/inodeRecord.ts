import type { NodeMetadata, NodeType } from '@diskwright/sdk/protocol';
import { inodeItem } from '../structures/inode';
import { u64At } from '../trees/key';
import type { FileId } from './fileId';

type Time = NonNullable<NodeMetadata['modified']>;

// Taken once: a listing reads them of every file.
const at = (name: Parameters<typeof inodeItem.range>[0]): number => inodeItem.range(name).offset;
const [SIZE, ALLOCATED, LINKS, USER, GROUP, MODE, DEVICE, FLAGS] = [
  at('size'),
  at('allocatedBytes'),
  at('links'),
  at('userId'),
  at('groupId'),
  at('mode'),
  at('device'),
  at('flags'),
];
const TIMES = { accessed: at('accessed'), changed: at('changed'), modified: at('modified'), created: at('created') } as const;
export const INODE_BYTES = inodeItem.size;

/** Bits of an inode's flags. */
export const InodeFlag = {
  NODATASUM: 1,
  NODATACOW: 2,
  READONLY: 4,
  NOCOMPRESS: 8,
  PREALLOC: 16,
  SYNC: 32,
  IMMUTABLE: 64,
  APPEND: 128,
  COMPRESS: 2048,
} as const;

const types: Readonly<Record<number, NodeType>> = {
  0o1: 'fifo',
  0o2: 'characterDevice',
  0o4: 'directory',
  0o6: 'blockDevice',
  0o10: 'file',
  0o12: 'symlink',
  0o14: 'socket',
};

/** An inode over the bytes of its item, which it shares. */
export class InodeRecord implements FileId {
  /** @param bytes at least {@link INODE_BYTES} */
  constructor(
    readonly tree: number,
    readonly inode: number,
    private readonly bytes: Buffer,
  ) {}

  get mode(): number {
    return this.bytes.readUInt32LE(MODE);
  }

  get type(): NodeType {
    return types[(this.mode >>> 12) & 0o17] ?? 'other';
  }

  /** Bytes of content; of damage, what is beyond all sizes counts as 0. */
  get size(): number {
    const size = u64At(this.bytes, SIZE);
    return Number.isSafeInteger(size) && size >= 0 ? size : 0;
  }

  get allocatedBytes(): number {
    return u64At(this.bytes, ALLOCATED);
  }

  get links(): number {
    return this.bytes.readUInt32LE(LINKS);
  }

  get userId(): number {
    return this.bytes.readUInt32LE(USER);
  }

  get groupId(): number {
    return this.bytes.readUInt32LE(GROUP);
  }

  /** The low 32 bits, which hold all that there are. */
  get flags(): number {
    return this.bytes.readUInt32LE(FLAGS);
  }

  get device(): { major: number; minor: number } {
    const value = Math.max(0, u64At(this.bytes, DEVICE));
    return { major: Math.floor(value / 2 ** 20) % 2 ** 32, minor: value % 2 ** 20 };
  }

  time(which: keyof typeof TIMES): Time {
    const place = TIMES[which];
    const seconds = this.bytes.readInt32LE(place + 4) * 2 ** 32 + this.bytes.readUInt32LE(place);
    const nanoseconds = Math.min(this.bytes.readUInt32LE(place + 8), 999_999_999);
    return { seconds: Number.isSafeInteger(seconds) ? seconds : 0, nanoseconds };
  }

  /** Milliseconds since 1970. */
  get modified(): number {
    const { seconds, nanoseconds } = this.time('modified');
    return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
  }
}
