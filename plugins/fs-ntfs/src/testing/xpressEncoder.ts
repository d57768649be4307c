const LONGEST_DISTANCE = 4000;

/**
 * Compresses with XPRESS and Huffman codes, poorly: every symbol has a code of 9 bits, which is the symbol itself. Serves to make what no tool here makes; the
 * form is that of MS-XCA 2.1.
 */
export function encodeXpress(content: Buffer): Buffer {
  const table = Buffer.alloc(256, 0x99);
  const output = new UnitWriter();
  for (let at = 0; at < content.length;) {
    const match = longestMatch(content, at);
    if (!match) {
      output.bits(content[at]!, 9);
      at++;
      continue;
    }
    const distanceBits = 31 - Math.clz32(match.distance);
    const length = match.length - 3;
    output.bits(256 + distanceBits * 16 + Math.min(length, 15), 9);
    if (length >= 15 + 255) output.bytes(Buffer.from([255, length & 0xff, length >>> 8]));
    else if (length >= 15) output.bytes(Buffer.from([length - 15]));
    output.bits(match.distance - (1 << distanceBits), distanceBits);
    at += match.length;
  }
  return Buffer.concat([table, output.finish()]);
}

function longestMatch(content: Buffer, at: number): { distance: number; length: number } | null {
  for (const distance of [1, 2, 3, 7, 64, 100, 1000, LONGEST_DISTANCE]) {
    if (distance > at) return null;
    let length = 0;
    while (at + length < content.length && content[at + length] === content[at + length - distance]) length++;
    if (length >= 3) return { distance, length };
  }
  return null;
}

/** Bits in 16-bit units, two of which are begun ahead of the bytes between them, as the reader reads them. */
class UnitWriter {
  private readonly output: number[] = [0, 0, 0, 0];
  private places = [0, 2];
  private held = 0;
  private count = 0;

  bits(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.held = (this.held << 1) | ((value >>> bit) & 1);
      if (++this.count === 16) this.unit();
    }
  }

  bytes(bytes: Buffer): void {
    this.output.push(...bytes);
  }

  finish(): Buffer {
    if (this.count > 0) this.bits(0, 16 - this.count);
    return Buffer.from(this.output);
  }

  private unit(): void {
    const place = this.places.shift()!;
    this.output[place] = this.held & 0xff;
    this.output[place + 1] = this.held >>> 8;
    this.places.push(this.output.length);
    this.output.push(0, 0);
    this.held = 0;
    this.count = 0;
  }
}
