import { crc32c } from '@diskwright/sdk/struct';

const zeros = Buffer.alloc(4);

/** The CRC-32C of bytes in which four, at `at`, hold it and count as zeros (`xfs_start_cksum_safe`). */
export function checksumOf(bytes: Buffer, at: number): number {
  const crc = crc32c(crc32c(crc32c(0xffffffff, bytes.subarray(0, at)), zeros), bytes.subarray(at + 4));
  return ~crc >>> 0;
}

/** Whether the checksum at `at` is right. */
export function isChecksumRight(bytes: Buffer, at: number): boolean {
  return bytes.readUInt32LE(at) === checksumOf(bytes, at);
}
