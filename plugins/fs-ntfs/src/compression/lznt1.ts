/** A chunk of content, compressed by itself. */
const CHUNK_BYTES = 4096;
const COMPRESSED = 0x8000;

/**
 * Decompresses LZNT1 (MS-XCA 2.5): chunks of 4 KiB, each behind a header that says its length and whether it is compressed; in it, flags for eight items each,
 * an item being a byte or a copy of earlier bytes of the chunk. Behind a chunk that is short follow zeros.
 * @param length bytes of content
 * @returns null when the bytes make no sense
 */
export function decompressLznt1(input: Buffer, length: number): Buffer | null {
  const output = Buffer.alloc(length);
  let at = 0;
  for (let start = 0; start < length && at + 2 <= input.length; start += CHUNK_BYTES) {
    const header = input.readUInt16LE(at);
    if (header === 0) break;
    const end = at + 2 + (header & 0xfff) + 1;
    if (end > input.length) return null;
    const chunkEnd = Math.min(start + CHUNK_BYTES, length);
    if ((header & COMPRESSED) === 0) input.copy(output, start, at + 2, Math.min(end, at + 2 + chunkEnd - start));
    else if (!decompressChunk(input, at + 2, end, output, start, chunkEnd)) return null;
    at = end;
  }
  return output;
}

function decompressChunk(input: Buffer, from: number, end: number, output: Buffer, start: number, outputEnd: number): boolean {
  let at = from;
  let out = start;
  while (at < end) {
    let flags = input[at++]!;
    for (let item = 0; item < 8 && at < end; item++, flags >>>= 1) {
      if ((flags & 1) === 0) {
        if (out >= outputEnd) return false;
        output[out++] = input[at++]!;
        continue;
      }
      if (at + 2 > end) return false;
      const pair = input[at]! | (input[at + 1]! << 8);
      at += 2;
      // The further into the chunk, the more bits has the distance, and the fewer the length.
      let lengthBits = 12;
      for (let position = out - start - 1; position >= 0x10; position >>>= 1) lengthBits--;
      const distance = (pair >>> lengthBits) + 1;
      const copied = (pair & ((1 << lengthBits) - 1)) + 3;
      if (distance > out - start || out + copied > outputEnd) return false;
      for (let count = 0; count < copied; count++, out++) output[out] = output[out - distance]!;
    }
  }
  return true;
}
