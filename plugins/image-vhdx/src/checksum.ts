import { crc32c } from '@diskwright/sdk/struct';

const CHECKSUM_AT = 4;
const ZEROS = Buffer.alloc(4);

/** The CRC-32C that stands at byte 4 of headers, region tables and log entries. */
export function checksum(bytes: Buffer): number {
  const before = crc32c(0xffff_ffff, bytes.subarray(0, CHECKSUM_AT));
  return ~crc32c(crc32c(before, ZEROS), bytes.subarray(CHECKSUM_AT + ZEROS.length)) >>> 0;
}

export function isWhole(bytes: Buffer): boolean {
  return bytes.readUInt32LE(CHECKSUM_AT) === checksum(bytes);
}
