import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { crc16 } from './checksum/crc16';
import { crc32c } from '@diskwright/sdk/struct';
import type { Geometry } from './geometry';
import { GroupFlag, longGroupDescriptor, shortGroupDescriptor } from './structures/groupDescriptor';
import { descriptorBlock } from './superblockPlaces';

const readBytes = 1024 * 1024;
const at = (name: Parameters<typeof longGroupDescriptor.range>[0]): number => longGroupDescriptor.range(name).offset;
// Offsets are looked up once: a table of a terabyte is walked several times, 8192 descriptors each.
const offsets = {
  blockBitmap: { low: at('blockBitmapLow'), high: at('blockBitmapHigh') },
  inodeBitmap: { low: at('inodeBitmapLow'), high: at('inodeBitmapHigh') },
  inodeTable: { low: at('inodeTableLow'), high: at('inodeTableHigh') },
  freeBlocks: { low: at('freeBlocksCountLow'), high: at('freeBlocksCountHigh') },
  freeInodes: { low: at('freeInodesCountLow'), high: at('freeInodesCountHigh') },
  blockBitmapChecksum: { low: at('blockBitmapChecksumLow'), high: at('blockBitmapChecksumHigh') },
  inodeBitmapChecksum: { low: at('inodeBitmapChecksumLow'), high: at('inodeBitmapChecksumHigh') },
  flags: at('flags'),
  checksum: at('checksum'),
} as const;
const flagNames = { INODE_UNINIT: 'INODE_UNINIT', BLOCK_UNINIT: 'BLOCK_UNINIT', INODE_ZEROED: 'ITABLE_ZEROED' } as const;
type Halves = (typeof offsets)['blockBitmap'];

type DescriptorLayout = typeof shortGroupDescriptor | typeof longGroupDescriptor;

/** The description that fits a filesystem's group descriptors. */
export function descriptorLayout(geometry: Geometry): DescriptorLayout {
  return geometry.descriptorSize >= longGroupDescriptor.size ? longGroupDescriptor : shortGroupDescriptor;
}

/** The primary group descriptor table, in memory. Block numbers are as found on disk, not checked; `group` must be below `groupsCount`. */
export class GroupTable {
  private constructor(
    readonly geometry: Geometry,
    private readonly bytes: Buffer,
  ) {}

  /**
   * Reads the table, joining blocks that lie side by side.
   * @throws DamagedStructureError when a part of it lies outside of the volume; what `read` throws
   */
  static async read(source: BlockSource, geometry: Geometry, signal: AbortSignal): Promise<GroupTable> {
    const ranges = GroupTable.ranges(geometry);
    const bytes = Buffer.alloc(geometry.descriptorBlocks * geometry.blockSize);
    let filled = 0;
    for (const { offset, length } of ranges) {
      if (offset > source.size - length)
        throw new DamagedStructureError('ext group descriptors', `group descriptors at ${offset} lie outside of the volume`, {
          offset,
          length,
        });
      for (let done = 0; done < length; done += readBytes) {
        signal.throwIfAborted();
        const piece = await source.read(offset + done, Math.min(readBytes, length - done), signal);
        filled += piece.copy(bytes, filled);
      }
    }
    return new GroupTable(geometry, bytes);
  }

  /** Where the table lies, in the order of its groups; blocks that follow each other are joined. */
  static ranges(geometry: Geometry): ByteRange[] {
    const ranges: ByteRange[] = [];
    for (let index = 0; index < geometry.descriptorBlocks; index++) {
      const offset = descriptorBlock(geometry, index) * geometry.blockSize;
      const last = ranges.at(-1);
      if (last && last.offset + last.length === offset) last.length += geometry.blockSize;
      else ranges.push({ offset, length: geometry.blockSize });
    }
    return ranges;
  }

  /** Where a group's descriptor lies on the volume. */
  descriptorRange(group: number): ByteRange {
    const { descriptorsPerBlock, descriptorSize, blockSize } = this.geometry;
    const block = descriptorBlock(this.geometry, Math.floor(group / descriptorsPerBlock));
    return { offset: block * blockSize + (group % descriptorsPerBlock) * descriptorSize, length: descriptorSize };
  }

  /** A group's descriptor; a view of the table, not to be changed. */
  descriptor(group: number): Buffer {
    const start = group * this.geometry.descriptorSize;
    return this.bytes.subarray(start, start + this.geometry.descriptorSize);
  }

  /** The description that fits this filesystem's descriptors. */
  get layout(): DescriptorLayout {
    return descriptorLayout(this.geometry);
  }

  blockBitmap(group: number): number {
    return this.wide(group, offsets.blockBitmap);
  }
  inodeBitmap(group: number): number {
    return this.wide(group, offsets.inodeBitmap);
  }
  inodeTable(group: number): number {
    return this.wide(group, offsets.inodeTable);
  }
  /** Free clusters (blocks without bigalloc). */
  freeClusters(group: number): number {
    return this.narrow(group, offsets.freeBlocks);
  }
  freeInodes(group: number): number {
    return this.narrow(group, offsets.freeInodes);
  }
  /** Low 16 bits of the checksum only, where the descriptor has no room for more; see `bitmapChecksumBits`. */
  blockBitmapChecksum(group: number): number {
    return this.narrow(group, offsets.blockBitmapChecksum);
  }
  inodeBitmapChecksum(group: number): number {
    return this.narrow(group, offsets.inodeBitmapChecksum);
  }
  /** Bits of a bitmap's checksum that the descriptor keeps. */
  get bitmapChecksumMask(): number {
    return this.geometry.descriptorSize >= longGroupDescriptor.size ? 0xffffffff : 0xffff;
  }

  /** Whether the group's block bitmap was never written: then all is free but what the filesystem itself keeps there. */
  isBlockBitmapUninitialised(group: number): boolean {
    return this.hasFlag(group, GroupFlag.BLOCK_UNINIT);
  }
  isInodeBitmapUninitialised(group: number): boolean {
    return this.hasFlag(group, GroupFlag.INODE_UNINIT);
  }

  /** The flags that are set, by the names that dumpe2fs prints. */
  flagNames(group: number): string[] {
    return (Object.keys(flagNames) as (keyof typeof flagNames)[])
      .filter((name) => this.hasFlag(group, GroupFlag[name]))
      .map((name) => flagNames[name]);
  }

  /** The checksum stored in a descriptor. */
  storedChecksum(group: number): number {
    return this.descriptor(group).readUInt16LE(offsets.checksum);
  }

  /** The checksum that a descriptor should have (`ext2fs_group_desc_csum`); the stored one where there are none. */
  expectedChecksum(group: number): number {
    const { descriptorChecksum, checksumSeed, uuid } = this.geometry;
    if (descriptorChecksum === 'none') return this.storedChecksum(group);
    const number = Buffer.alloc(4);
    number.writeUInt32LE(group);
    const descriptor = this.descriptor(group);
    const before = descriptor.subarray(0, offsets.checksum);
    const after = descriptor.subarray(offsets.checksum + 2);
    if (descriptorChecksum === 'crc16') return crc16(crc16(crc16(crc16(0xffff, uuid), number), before), after);
    const withoutField = crc32c(crc32c(crc32c(checksumSeed, number), before), Buffer.alloc(2));
    return crc32c(withoutField, after) & 0xffff;
  }

  /** Flags mean something only where descriptors have checksums (`ext2fs_has_group_desc_csum`). */
  private hasFlag(group: number, flag: number): boolean {
    if (this.geometry.descriptorChecksum === 'none') return false;
    return (this.descriptor(group).readUInt16LE(offsets.flags) & flag) !== 0;
  }

  private wide(group: number, { low, high }: Halves): number {
    const start = group * this.geometry.descriptorSize;
    const lower = this.bytes.readUInt32LE(start + low);
    return this.geometry.descriptorSize < longGroupDescriptor.size
      ? lower
      : lower + this.bytes.readUInt32LE(start + high) * 2 ** 32;
  }

  private narrow(group: number, { low, high }: Halves): number {
    const start = group * this.geometry.descriptorSize;
    const lower = this.bytes.readUInt16LE(start + low);
    return this.geometry.descriptorSize < longGroupDescriptor.size
      ? lower
      : lower + this.bytes.readUInt16LE(start + high) * 2 ** 16;
  }
}
