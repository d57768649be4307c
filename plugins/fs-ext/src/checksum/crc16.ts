const table = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) !== 0 ? (remainder >>> 1) ^ 0xa001 : remainder >>> 1;
  table[byte] = remainder;
}

/**
 * CRC-16 (polynomial 0x8005, reflected) as group descriptors use it with `uninit_bg` (Linux lib/crc16.c).
 * @param start the value so far; checksums of group descriptors begin with 0xffff
 */
export function crc16(start: number, data: Uint8Array): number {
  let crc = start & 0xffff;
  for (const byte of data) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return crc;
}
