const SYMBOLS = 512;
const TABLE_BYTES = SYMBOLS / 2;
const LONGEST_CODE = 15;
const LEAST_MATCH = 3;

/**
 * Decompresses one chunk of XPRESS with Huffman codes (MS-XCA 2.1 and 2.2): lengths of 512 codes in 4 bits each, then codes in 16-bit units, the first bit
 * highest; behind the codes of a unit stand the further bytes of long matches.
 * @param length bytes of content, at most 64 KiB
 * @returns null when the bytes make no sense
 */
export function decompressXpress(input: Buffer, length: number): Buffer | null {
  if (input.length < TABLE_BYTES) return null;
  const decode = makeDecoder(input);
  if (!decode) return null;
  const output = Buffer.alloc(length);
  const bits = new BitReader(input, TABLE_BYTES);
  let out = 0;
  while (out < length) {
    const entry = decode[bits.peek(LONGEST_CODE)]!;
    if (entry === 0) return null;
    bits.skip(entry & 15);
    const symbol = entry >>> 4;
    if (symbol < 256) {
      output[out++] = symbol;
      continue;
    }
    let copied = symbol & 15;
    const distanceBits = (symbol >>> 4) & 15;
    if (copied === 15) copied = bits.longLength();
    const distance = (1 << distanceBits) + bits.take(distanceBits);
    copied += LEAST_MATCH;
    if (distance > out || out + copied > length || bits.isOver) return null;
    for (let count = 0; count < copied; count++, out++) output[out] = output[out - distance]!;
  }
  return output;
}

/** For each 15 bits the symbol that they begin with, and the length of its code in the lowest 4 bits; 0 for none. */
function makeDecoder(input: Buffer): Uint16Array | null {
  const decode = new Uint16Array(1 << LONGEST_CODE);
  let next = 0;
  for (let codeLength = 1; codeLength <= LONGEST_CODE; codeLength++) {
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      if (((input[symbol >>> 1]! >>> ((symbol & 1) * 4)) & 15) !== codeLength) continue;
      const end = next + (1 << (LONGEST_CODE - codeLength));
      if (end > decode.length) return null;
      decode.fill((symbol << 4) | codeLength, next, end);
      next = end;
    }
  }
  return decode;
}

/** Bits from 16-bit little-endian units, the highest first; what is behind the end is zeros. */
class BitReader {
  private held = 0;
  private count = 0;

  constructor(
    private readonly input: Buffer,
    private at: number,
  ) {
    // Two units are read ahead: it decides where the further bytes of matches stand.
    this.fill();
    this.fill();
  }

  /** Whether more was read than there is, beyond what is read ahead. */
  get isOver(): boolean {
    return this.at > this.input.length + 4;
  }

  peek(bits: number): number {
    return bits === 0 ? 0 : (this.held >>> (32 - bits)) & ((1 << bits) - 1);
  }

  skip(bits: number): void {
    this.held = (this.held << bits) >>> 0;
    this.count -= bits;
    if (this.count < 16) this.fill();
  }

  take(bits: number): number {
    const value = this.peek(bits);
    this.skip(bits);
    return value;
  }

  /** A length that does not fit the symbol: a byte more, or two, or four. */
  longLength(): number {
    const byte = this.input[this.at++] ?? 0;
    if (byte !== 255) return byte + 15;
    const word = this.unit();
    if (word !== 0) return word;
    return this.unit() + this.unit() * 0x10000;
  }

  private unit(): number {
    const value = (this.input[this.at] ?? 0) | ((this.input[this.at + 1] ?? 0) << 8);
    this.at += 2;
    return value;
  }

  private fill(): void {
    this.held = (this.held | (this.unit() << (16 - this.count))) >>> 0;
    this.count += 16;
  }
}
