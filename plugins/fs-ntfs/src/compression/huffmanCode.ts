import type { BitUnits } from './bitUnits';

const LONGEST = 16;

/** A canonical Huffman code, by the lengths of its codewords. */
export class HuffmanCode {
  private constructor(
    /** For each 16 bits the symbol that they begin with, and in the lowest 5 bits the length of its codeword; 0 for none. */
    private readonly table: Uint32Array,
  ) {}

  /** Null when the lengths are more than a code can have. */
  static of(lengths: Uint8Array): HuffmanCode | null {
    const table = new Uint32Array(1 << LONGEST);
    let next = 0;
    for (let length = 1; length <= LONGEST; length++) {
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        const end = next + (1 << (LONGEST - length));
        if (end > table.length) return null;
        table.fill((symbol << 5) | length, next, end);
        next = end;
      }
    }
    return new HuffmanCode(table);
  }

  /** The next symbol; -1 when the bits are no codeword. */
  decode(bits: BitUnits): number {
    const entry = this.table[bits.peek(LONGEST)]!;
    if (entry === 0) return -1;
    bits.skip(entry & 31);
    return entry >>> 5;
  }
}
