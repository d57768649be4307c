import type { Endianness } from '@diskwright/sdk/struct';

/** The sum of the words of 32 bits (and of 16 bits at the end), the checksum itself taken as 0, with what overflows added at the other end. */
export function mdChecksum(bytes: Buffer, checksumOffset: number, endianness: Endianness): number {
  const whole = bytes.length - (bytes.length % 4);
  let sum = 0;
  // At most 1024 words: it stays an exact number.
  for (let at = 0; at < whole; at += 4)
    if (at !== checksumOffset) sum += endianness === 'little' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  if (bytes.length - whole === 2) sum += bytes.readUInt16LE(whole);
  return ((sum % 2 ** 32) + Math.floor(sum / 2 ** 32)) % 2 ** 32;
}
