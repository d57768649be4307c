// For loops over all records of a volume. The methods of Buffer look at their range each time, which is most of what they cost; here whoever reads has done so
// once, for the whole structure. Bytes beyond the end would be zeros.

export const readU16 = (bytes: Buffer, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

export const readU32 = (bytes: Buffer, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

/** 64 bits as a number; what is beyond 2^53 − 1 becomes that. */
export const readSize = (bytes: Buffer, at: number): number =>
  Math.min(readU32(bytes, at) + readU32(bytes, at + 4) * 2 ** 32, Number.MAX_SAFE_INTEGER);

/** A reference to a file: its record, without the sequence number. */
export const readRecordNumber = (bytes: Buffer, at: number): number => readU32(bytes, at) + readU16(bytes, at + 4) * 2 ** 32;

/** The sequence number of a reference to a file. */
export const readSequence = (bytes: Buffer, at: number): number => readU16(bytes, at + 6);
