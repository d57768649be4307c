import { BitUnits } from './bitUnits';
import { HuffmanCode } from './huffmanCode';
import { readLengths } from './lzxLengths';
import { undoCallTranslation } from './lzxCalls';

const LITERALS = 256;
const LENGTH_HEADERS = 8;
/** Of windows of 32 KiB. */
const OFFSET_SLOTS = 30;
const MAIN_SYMBOLS = LITERALS + OFFSET_SLOTS * LENGTH_HEADERS;
const LENGTH_SYMBOLS = 249;
const ALIGNED_SYMBOLS = 8;
const DEFAULT_BLOCK_BYTES = 32_768;
const Block = { VERBATIM: 1, ALIGNED: 2, UNCOMPRESSED: 3 } as const;

/** What offsets of a slot begin with, less the two that stand for earlier offsets. */
const slotBases = Array.from({ length: OFFSET_SLOTS }, (_, slot) => slot).reduce<number[]>((bases, slot) => {
  bases.push(slot === 0 ? -2 : bases[slot - 1]! + (1 << extraBits(slot - 1)));
  return bases;
}, []);

function extraBits(slot: number): number {
  return slot < 4 ? 0 : (slot >>> 1) - 1;
}

/**
 * Decompresses a chunk of LZX as WIM archives and the Windows overlay filter use it (wimlib, lzx_decompress.c; MS-PATCH): windows of 32 KiB, each chunk by itself,
 * and the targets of calls in machine code made absolute before.
 * @param length bytes of content, at most 32 KiB
 * @returns null when the bytes make no sense
 */
export function decompressLzx(input: Buffer, length: number): Buffer | null {
  const state = new LzxState(input, length);
  while (state.done < length) if (!state.block()) return null;
  undoCallTranslation(state.output);
  return state.output;
}

class LzxState {
  readonly output: Buffer;
  done = 0;
  private readonly bits: BitUnits;
  /** Lengths of codewords, of which those of a block say the difference to the one before. */
  private readonly mainLengths = new Uint8Array(MAIN_SYMBOLS);
  private readonly lengthLengths = new Uint8Array(LENGTH_SYMBOLS);
  /** The last three offsets. */
  private recent: [number, number, number] = [1, 1, 1];

  constructor(input: Buffer, length: number) {
    this.bits = new BitUnits(input);
    this.output = Buffer.alloc(length);
  }

  /** Goes through a block; false when it makes no sense. */
  block(): boolean {
    const { bits } = this;
    const type = bits.take(3);
    const size = bits.take(1) === 1 ? DEFAULT_BLOCK_BYTES : bits.take(16);
    const end = this.done + size;
    if (size === 0 || end > this.output.length) return false;
    if (type === Block.UNCOMPRESSED) return this.stored(size);
    if (type !== Block.VERBATIM && type !== Block.ALIGNED) return false;
    const aligned =
      type === Block.ALIGNED ? HuffmanCode.of(Uint8Array.from({ length: ALIGNED_SYMBOLS }, () => bits.take(3))) : null;
    if (type === Block.ALIGNED && !aligned) return false;
    const areRead =
      readLengths(bits, this.mainLengths, 0, LITERALS) &&
      readLengths(bits, this.mainLengths, LITERALS, MAIN_SYMBOLS) &&
      readLengths(bits, this.lengthLengths, 0, LENGTH_SYMBOLS);
    if (!areRead) return false;
    const main = HuffmanCode.of(this.mainLengths);
    const lengths = HuffmanCode.of(this.lengthLengths);
    return main !== null && lengths !== null && this.items(main, lengths, aligned, end);
  }

  private items(main: HuffmanCode, lengths: HuffmanCode, aligned: HuffmanCode | null, end: number): boolean {
    const { bits, output } = this;
    while (this.done < end) {
      const symbol = main.decode(bits);
      if (symbol < 0 || bits.isOver) return false;
      if (symbol < LITERALS) {
        output[this.done++] = symbol;
        continue;
      }
      let length = (symbol - LITERALS) % LENGTH_HEADERS;
      if (length === LENGTH_HEADERS - 1) {
        const more = lengths.decode(bits);
        if (more < 0) return false;
        length += more;
      }
      length += 2;
      const offset = this.offset(Math.floor((symbol - LITERALS) / LENGTH_HEADERS), aligned);
      if (offset <= 0 || offset > this.done || this.done + length > end) return false;
      for (let count = 0; count < length; count++, this.done++) output[this.done] = output[this.done - offset]!;
    }
    return true;
  }

  private offset(slot: number, aligned: HuffmanCode | null): number {
    const { recent } = this;
    if (slot < recent.length) {
      const offset = recent[slot]!;
      recent[slot] = recent[0];
      recent[0] = offset;
      return offset;
    }
    const extra = extraBits(slot);
    let offset = slotBases[slot]!;
    if (aligned && extra >= 3) {
      offset += this.bits.take(extra - 3) * 8;
      const low = aligned.decode(this.bits);
      if (low < 0) return -1;
      offset += low;
    } else offset += this.bits.take(extra);
    this.recent = [offset, recent[0], recent[1]];
    return offset;
  }

  private stored(size: number): boolean {
    const header = this.bits.alignedBytes(12);
    if (header.length < 12) return false;
    this.recent = [header.readUInt32LE(0), header.readUInt32LE(4), header.readUInt32LE(8)];
    const bytes = this.bits.bytes(size);
    if (bytes.length < size) return false;
    bytes.copy(this.output, this.done);
    if (size % 2 === 1) this.bits.bytes(1);
    this.done += size;
    return true;
  }
}
