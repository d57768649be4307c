/**
 * Walks the first `bits` bits of a bitmap (bit 0 of byte 0 first) and calls `used` for each run of ones, ascending.
 * @param bits at most 8 × the bitmap's length; later bits are padding and not looked at
 * @returns the number of zeros among them
 */
export function walkBitmap(bitmap: Buffer, bits: number, used: (firstBit: number, count: number) => void): number {
  // Whole words are compared first: most words of a bitmap are all free or all used.
  const aligned = bitmap.byteOffset % 4 === 0 ? bitmap : Buffer.from(new Uint8Array(bitmap).buffer);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  let runStart = -1;
  let free = 0;
  let bit = 0;
  while (bit < bits) {
    if (bit % 32 === 0 && bits - bit >= 32) {
      const word = words[bit >>> 5]!;
      if (word === 0xffffffff || word === 0) {
        if (word === 0) free += 32;
        if (word === 0 && runStart >= 0) used(runStart, bit - runStart);
        if (word === 0) runStart = -1;
        else if (runStart < 0) runStart = bit;
        bit += 32;
        continue;
      }
    }
    const isUsed = ((aligned[bit >>> 3]! >>> (bit & 7)) & 1) !== 0;
    if (!isUsed) {
      free++;
      if (runStart >= 0) used(runStart, bit - runStart);
      runStart = -1;
    } else if (runStart < 0) runStart = bit;
    bit++;
  }
  if (runStart >= 0) used(runStart, bits - runStart);
  return free;
}
