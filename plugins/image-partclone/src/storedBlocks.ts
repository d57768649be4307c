import { type BlockSource, readInto } from '@diskwright/sdk/block';
import type { ImageRun } from '@diskwright/sdk/image';
import { crc32 } from '@diskwright/sdk/struct';
import { CheckedGroups } from './checkedGroups';
import { damaged, type PartcloneHeader, partcloneCrc } from './header';

/** A checksum over more than this is not worth reading it all for a few bytes. */
const MAX_CHECKED_BYTES = 8 * 1024 * 1024;
const CRC_BYTES = 4;
/** Version 1 wrote the checksum as eight bytes on some machines. */
const WIDE_CRC_BYTES = 8;
/** Kept before a group's blocks: the checksum of the group before it. */
const LEAD_BYTES = WIDE_CRC_BYTES;

/** The stored blocks, one behind the other, with a checksum behind every so many. */
export class StoredBlocks {
  /** Why checksums are not looked at; null when they are. */
  readonly unchecked: string | null;
  private readonly groupBytes: number;
  private readonly checksumBytes: number;
  private readonly groups: CheckedGroups;

  /** @param count of stored blocks */
  constructor(
    private readonly file: BlockSource,
    private readonly header: PartcloneHeader,
    private readonly count: number,
  ) {
    const { checksums, blockBytes } = header;
    this.checksumBytes = header.version === 1 ? this.widthOfVersion1() : checksums.bytes;
    this.groupBytes = checksums.blocks * blockBytes;
    this.groups = new CheckedGroups(LEAD_BYTES + this.groupBytes + CRC_BYTES);
    this.unchecked =
      checksums.mode === 'none'
        ? 'it has none'
        : checksums.mode === 'unknown'
          ? 'they are of a kind that is not known here'
          : this.groupBytes > MAX_CHECKED_BYTES
            ? `one is over ${this.groupBytes} bytes`
            : null;
  }

  /** Bytes of the file's end that are missing; 0: all blocks are there. */
  get missing(): number {
    if (this.count === 0) return 0;
    const group = Math.ceil(this.count / this.header.checksums.blocks) - 1;
    const end = this.placeOf(group) + this.lengthOf(group) + (this.unchecked === null ? CRC_BYTES : 0);
    return Math.max(0, end - this.file.size);
  }

  /** The run of `length` bytes from byte `offset` on of all stored blocks; as far as one checksum reaches. */
  run(offset: number, length: number): ImageRun {
    const group = Math.floor(offset / this.groupBytes);
    const within = offset - group * this.groupBytes;
    const reach = Math.min(length, this.groupBytes - within);
    const place = this.placeOf(group);
    if (this.unchecked) return { kind: 'stored', length: reach, source: this.file, offset: place + within };
    return {
      kind: 'made',
      length: reach,
      read: (start, count, signal) => {
        const first = LEAD_BYTES + within + start;
        return this.groups.copy(place, first, first + count, (buffer) => this.fillChecked(buffer, group, place, signal));
      },
    };
  }

  private placeOf(group: number): number {
    return this.header.dataOffset + group * (this.groupBytes + this.checksumBytes);
  }

  /** Of its blocks: the last has fewer. */
  private lengthOf(group: number): number {
    const { checksums, blockBytes } = this.header;
    return Math.min(this.groupBytes, (this.count - group * checksums.blocks) * blockBytes);
  }

  /** The group's blocks begin at byte {@link LEAD_BYTES} of the buffer. */
  private async fillChecked(buffer: Buffer, group: number, place: number, signal: AbortSignal): Promise<void> {
    const { checksums } = this.header;
    const length = this.lengthOf(group);
    const lead = checksums.reseeded || group === 0 ? 0 : this.checksumBytes;
    if (place + length + CRC_BYTES > this.file.size)
      throw damaged(`it ends at byte ${this.file.size}, before its blocks do: it may have been copied only in part`);
    const end = LEAD_BYTES + length;
    await readInto(this.file, place - lead, buffer.subarray(LEAD_BYTES - lead, end + CRC_BYTES), signal);
    const bytes = buffer.subarray(LEAD_BYTES, end);
    // One that goes on from the one before begins with what that one was.
    const start = lead === 0 ? 0xffff_ffff : buffer.readUInt32LE(LEAD_BYTES - lead);
    const crc = checksums.mode === 'crc32' ? partcloneCrc(bytes, start) : firstByteCrc(bytes, start);
    if (buffer.readUInt32LE(end) !== crc)
      throw damaged(`the blocks from byte ${place} on do not have the checksum that they should`);
  }

  private widthOfVersion1(): number {
    const { dataOffset, blockBytes } = this.header;
    const wide = dataOffset + this.count * (blockBytes + WIDE_CRC_BYTES);
    return this.count > 0 && wide === this.file.size ? WIDE_CRC_BYTES : CRC_BYTES;
  }
}

/** As version 1 computed it by mistake: over the first byte of a block, as often as the block has bytes. */
function firstByteCrc(bytes: Buffer, start: number): number {
  return ~crc32(Buffer.alloc(bytes.length, bytes[0]), ~start >>> 0) >>> 0;
}
