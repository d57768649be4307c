const POLYNOMIAL = 0x04c11db7;

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = remainder < 0 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
  table[byte] = remainder >>> 0;
}

/**
 * CRC-32 with the highest bit first (Linux, `crc32_be`), as transactions have it with the journal's first kind of checksums. Neither started with nor ended by an
 * inversion of its own.
 * @param start the value so far; a transaction's begins with 0xffffffff
 */
export function crc32BigEndian(start: number, data: Uint8Array): number {
  let crc = start | 0;
  for (let at = 0; at < data.length; at++) crc = (crc << 8) ^ table[(crc >>> 24) ^ data[at]!]!;
  return crc >>> 0;
}
