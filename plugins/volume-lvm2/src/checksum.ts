import { crc32 } from '@diskwright/sdk/struct';

/** What LVM2 starts its checksums with. */
const START = 0xf597a6cf;

/** LVM2's checksum of labels, headers and texts: CRC-32 with a start of its own, and without the inversion at the end. */
export function lvmChecksum(bytes: Uint8Array): number {
  return ~crc32(bytes, ~START) >>> 0;
}
