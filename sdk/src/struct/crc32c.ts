const polynomial = 0x82f63b78;

/** Four tables, so that four bytes are taken at a step. */
const tables: Uint32Array[] = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) !== 0 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  tables[0]![byte] = remainder;
}
for (let byte = 0; byte < 256; byte++) {
  for (let table = 1; table < 4; table++) {
    const previous = tables[table - 1]![byte]!;
    tables[table]![byte] = tables[0]![previous & 0xff]! ^ (previous >>> 8);
  }
}
const [first, second, third, fourth] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/**
 * CRC-32C (Castagnoli) as Linux' `crc32c` computes it: reflected, neither started with nor ended by an inversion of its own.
 * @param start the value so far; most checksums begin with 0xffffffff, those of ext4 also with the filesystem's seed
 * @returns an unsigned 32-bit integer
 */
export function crc32c(start: number, data: Uint8Array): number {
  let crc = start >>> 0;
  const whole = data.length - (data.length % 4);
  let at = 0;
  for (; at < whole; at += 4) {
    const mixed = crc ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24));
    crc = fourth[mixed & 0xff]! ^ third[(mixed >>> 8) & 0xff]! ^ second[(mixed >>> 16) & 0xff]! ^ first[mixed >>> 24]!;
  }
  for (; at < data.length; at++) crc = first[(crc ^ data[at]!) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
}
