import { ascii, field, hex16, hex32, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

/** The start of a record of the master file table. */
export const fileRecordHeader = struct('NTFS file record', 'ntfs-3g, include/ntfs-3g/layout.h, MFT_RECORD', {
  magic: field(ascii(4), '"FILE"', { check: (value) => (value === 'FILE' ? null : 'is not "FILE"') }),
  fixupOffset: field(u16(), 'where the update sequence begins'),
  fixupCount: field(u16(), 'words in it: one, and one for each 512 bytes'),
  logSequenceNumber: field(u64(), 'last change in the log'),
  sequenceNumber: field(u16()),
  linkCount: field(u16()),
  firstAttribute: field(u16(), 'offset of the first attribute'),
  flags: field(hex16(), 'bit 0 in use, bit 1 directory'),
  bytesInUse: field(u32()),
  bytesAllocated: field(u32()),
});

/** The start of an attribute whose value lies in the record itself. */
export const residentAttribute = struct('NTFS resident attribute', 'ntfs-3g, include/ntfs-3g/layout.h, ATTR_RECORD', {
  type: field(hex32(), '0x60 volume name, 0x70 volume information, 0xffffffff end'),
  length: field(u32(), 'bytes to the next attribute'),
  nonResident: field(u8()),
  nameLength: field(u8()),
  nameOffset: field(u16()),
  flags: field(hex16()),
  instance: field(u16()),
  valueLength: field(u32()),
  valueOffset: field(u16(), 'from the start of the attribute'),
});

/** The value of the attribute 0x70 of the file $Volume. */
export const volumeInformation = struct('NTFS volume information', 'ntfs-3g, include/ntfs-3g/layout.h, VOLUME_INFORMATION', {
  reserved: field(u64()),
  majorVersion: field(u8()),
  minorVersion: field(u8()),
  flags: field(hex16(), 'bit 0 dirty', { meaning: (value) => (value & 1 ? 'dirty: a check is due' : undefined) }),
});
