import { ascii, field, guid, hex32, struct, u32, u64 } from '@diskwright/sdk/struct';

/** The magic of a GPT header. */
export const gptSignature = 'EFI PART';
/** Bytes of the header that revision 1.0 defines; `headerSize` may be larger, and its checksum then covers more. */
export const gptHeaderMinimumSize = 92;

/** The header of either copy of a GPT, at the start of its sector. All LBAs count logical sectors from the start of the disk. */
export const gptHeader = struct('GPT header', 'UEFI 2.10, 5.3.2, table 5.5', {
  signature: field(ascii(8), 'always "EFI PART"', { check: (value) => (value === gptSignature ? null : 'is not "EFI PART"') }),
  revision: field(hex32(), 'version of the header', {
    check: (value) => (value === 0x00010000 ? null : 'is not 1.0'),
    meaning: (value) => `${value >>> 16}.${value & 0xffff}`,
  }),
  headerSize: field(u32(), 'bytes that headerCrc32 covers', {
    check: (value) => (value >= gptHeaderMinimumSize ? null : `is less than ${gptHeaderMinimumSize}`),
  }),
  headerCrc32: field(hex32(), 'CRC-32 of the header, taken with this field as zero'),
  reserved: field(hex32(), 'zero'),
  myLba: field(u64(), 'where this header lies'),
  alternateLba: field(u64(), 'where the other header lies'),
  firstUsableLba: field(u64(), 'first sector that a partition may use'),
  lastUsableLba: field(u64(), 'last sector that a partition may use'),
  diskGuid: field(guid(), 'identifies the disk'),
  partitionEntryLba: field(u64(), "where this copy's partition entries start"),
  partitionEntryCount: field(u32(), 'partition entries in the array, unused ones included'),
  partitionEntrySize: field(u32(), 'bytes of one partition entry: 128 × 2^n', {
    check: (value) => (value >= 128 && (value & (value - 1)) === 0 ? null : 'is not 128 × 2^n'),
  }),
  entryArrayCrc32: field(hex32(), 'CRC-32 of all partition entries'),
});

/** A parsed GPT header. */
export type GptHeader = ReturnType<typeof gptHeader.read>;
