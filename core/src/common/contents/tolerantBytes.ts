import type { ByteRange } from '@diskwright/sdk/protocol';

/** Bytes with zeros where they could not be read, and where that is, ascending. */
export interface TolerantBytes {
  bytes: Buffer;
  unreadable: ByteRange[];
}
