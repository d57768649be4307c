import { createHash } from 'node:crypto';
import { createBLAKE2b, createXXHash64 } from 'hash-wasm';
import { crc32c } from '@diskwright/sdk/struct';

/** Bytes at the start of superblocks and tree blocks that hold their checksum. */
export const CHECKSUM_BYTES = 32;

/** Computes the kind of checksum that a filesystem was made with. */
export interface Checksummer {
  /** Bytes of a checksum. */
  readonly size: number;
  /** The checksum as it stands on the disk; valid until the next call. */
  of(data: Uint8Array): Uint8Array;
}

/** @param type the number in the superblock @returns null for a kind that is not known */
export async function checksummerOf(type: number): Promise<Checksummer | null> {
  switch (type) {
    case 0: {
      const result = Buffer.alloc(4);
      return {
        size: 4,
        of: (data) => {
          result.writeUInt32LE(~crc32c(0xffffffff, data) >>> 0);
          return result;
        },
      };
    }
    case 1: {
      const hasher = await createXXHash64();
      // The library gives the digest as the number is written, the disk has it little endian.
      return { size: 8, of: (data) => hasher.init().update(data).digest('binary').reverse() };
    }
    case 2:
      return { size: 32, of: (data) => createHash('sha256').update(data).digest() };
    case 3: {
      const hasher = await createBLAKE2b(256);
      return { size: 32, of: (data) => hasher.init().update(data).digest('binary') };
    }
    default:
      return null;
  }
}

/** Whether the checksum at the start of a superblock or tree block is that of the rest. */
export function isChecksumRight(checksummer: Checksummer, block: Buffer): boolean {
  const right = checksummer.of(block.subarray(CHECKSUM_BYTES));
  return block.subarray(0, checksummer.size).equals(right);
}
