import type { BlockSource } from '@diskwright/sdk/block';
import { TableCache } from '@diskwright/sdk/image';
import { damaged, type PartcloneHeader, partcloneCrc } from './header';
import { BITMAP_END } from './structures';

/** The map is looked at in pages of so many blocks. */
export const PAGE_BLOCKS = 32768;
/** It is read once, in pieces of so many pages. */
const PIECE_PAGES = 64;
const ALL = Buffer.alloc(PAGE_BLOCKS / 8, 0xff);

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Which blocks are stored, and how many before each: stored blocks lie one behind the other. */
export class BlockBitmap {
  private constructor(
    private readonly blocks: number,
    /** Null: all are stored. */
    private readonly pages: TableCache | null,
    /** Where the map lies in the file. */
    private readonly place: { offset: number; length: number },
    private readonly pageBytes: number,
    /** Stored blocks before each page. */
    private readonly before: Float64Array,
    readonly stored: number,
  ) {}

  /** Reads all of it once. @throws DamagedStructureError when it does not have the checksum or end that it should */
  static async open(file: BlockSource, header: PartcloneHeader, signal: AbortSignal): Promise<BlockBitmap> {
    const { blocks, bitmap } = header;
    const { mode, offset, length } = bitmap;
    const before = new Float64Array(Math.ceil(blocks / PAGE_BLOCKS));
    if (mode === 'none') {
      before.forEach((_, page) => (before[page] = page * PAGE_BLOCKS));
      return new BlockBitmap(blocks, null, bitmap, 0, before, blocks);
    }
    if (header.dataOffset > file.size) throw damaged(`it ends at byte ${file.size}, before its map of blocks does`);
    const pageBytes = mode === 'bits' ? PAGE_BLOCKS / 8 : PAGE_BLOCKS;
    const asBits = mode === 'bits' ? (bytes: Buffer) => bytes : bitsOf;
    let stored = 0;
    let crc = 0xffff_ffff;
    for (let at = 0; at < length; at += PIECE_PAGES * pageBytes) {
      const piece = await file.read(offset + at, Math.min(PIECE_PAGES * pageBytes, length - at), signal);
      if (mode === 'bits') crc = partcloneCrc(piece, crc);
      for (let start = 0; start < piece.length; start += pageBytes) {
        const page = (at + start) / pageBytes;
        before[page] = stored;
        stored += onesIn(asBits(piece.subarray(start, start + pageBytes)), Math.min(PAGE_BLOCKS, blocks - page * PAGE_BLOCKS));
      }
    }
    await checkEnd(file, header, crc, signal);
    const pages = new TableCache(file, pageBytes, asBits);
    return new BlockBitmap(blocks, pages, bitmap, pageBytes, before, stored);
  }

  /** A page's bits, the first block in bit 0 of byte 0, and how many blocks are stored before it. */
  async page(index: number): Promise<{ bits: Buffer; before: number }> {
    const before = this.before[index]!;
    if (!this.pages) return { bits: ALL, before };
    const start = index * this.pageBytes;
    const length = Math.min(this.pageBytes, this.place.length - start);
    return { bits: await this.pages.get(this.place.offset + start, length), before };
  }

  /** Blocks of a page; the last may have fewer. */
  blocksOf(index: number): number {
    return Math.min(PAGE_BLOCKS, this.blocks - index * PAGE_BLOCKS);
  }
}

/** Ones among the first `count` bits. */
export function onesIn(bits: Buffer, count: number): number {
  let ones = 0;
  const whole = count >> 3;
  for (let index = 0; index < whole; index++) ones += ONES[bits[index]!]!;
  const rest = count & 7;
  return rest === 0 ? ones : ones + ONES[bits[whole]! & ((1 << rest) - 1)]!;
}

function bitsOf(bytes: Buffer): Buffer {
  const bits = Buffer.alloc(Math.ceil(bytes.length / 8));
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === 1) bits[index >> 3]! |= 1 << (index & 7);
  return bits;
}

async function checkEnd(
  file: BlockSource,
  { bitmap, dataOffset }: PartcloneHeader,
  crc: number,
  signal: AbortSignal,
): Promise<void> {
  const end = bitmap.offset + bitmap.length;
  const behind = await file.read(end, dataOffset - end, signal);
  const whole = bitmap.mode === 'bits' ? behind.readUInt32LE(0) === crc : behind.toString('latin1') === BITMAP_END;
  if (!whole) throw damaged('its map of blocks is not whole');
}
