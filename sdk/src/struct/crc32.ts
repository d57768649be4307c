const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  let crc = value;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * CRC-32 with the reflected polynomial of ISO 3309 and IEEE 802.3, as GPT (UEFI 2.10, 5.3.1) and zlib compute it. An own one, since Node's `zlib.crc32`
 * is younger than the oldest Node that plugins run on.
 * @param start the CRC of what is before the bytes
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let crc = ~start;
  // By index: an iterator over the bytes takes several times as long.
  for (let index = 0; index < bytes.length; index++) crc = TABLE[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}
