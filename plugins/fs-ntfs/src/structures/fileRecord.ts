import { ascii, field, hex16, hex32, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

const source = 'ntfs-3g, include/ntfs-3g/layout.h';

/** Bits of `flags` of a file record. */
export const RecordFlag = { IN_USE: 1, DIRECTORY: 2 } as const;

/** Types of attributes. */
export const AttributeType = {
  STANDARD_INFORMATION: 0x10,
  ATTRIBUTE_LIST: 0x20,
  FILE_NAME: 0x30,
  SECURITY_DESCRIPTOR: 0x50,
  VOLUME_NAME: 0x60,
  VOLUME_INFORMATION: 0x70,
  DATA: 0x80,
  INDEX_ROOT: 0x90,
  INDEX_ALLOCATION: 0xa0,
  BITMAP: 0xb0,
  REPARSE_POINT: 0xc0,
  EA_INFORMATION: 0xd0,
  EA: 0xe0,
  END: 0xffff_ffff,
} as const;

/** Bits of `flags` of an attribute. */
export const AttributeFlag = { COMPRESSED: 0x0001, COMPRESSION: 0x00ff, ENCRYPTED: 0x4000, SPARSE: 0x8000 } as const;

/** The start of a record of the master file table. */
export const fileRecordHeader = struct('NTFS file record', `${source}, MFT_RECORD`, {
  magic: field(ascii(4), '"FILE"', { check: (value) => (value === 'FILE' ? null : 'is not "FILE"') }),
  fixupOffset: field(u16(), 'where the update sequence begins'),
  fixupCount: field(u16(), 'words in it: one, and one for each 512 bytes'),
  logSequenceNumber: field(u64(), 'last change in the log'),
  sequenceNumber: field(u16(), 'how often the record was used again'),
  linkCount: field(u16(), 'names of the file, DOS names included'),
  firstAttribute: field(u16(), 'offset of the first attribute'),
  flags: field(hex16(), 'bit 0 in use, bit 1 directory', {
    meaning: (value) => `${value & RecordFlag.IN_USE ? 'in use' : 'free'}${value & RecordFlag.DIRECTORY ? ', directory' : ''}`,
  }),
  bytesInUse: field(u32()),
  bytesAllocated: field(u32()),
  baseRecord: field(u64(), 'record (48 bits) and sequence number of the file that this record continues; 0 for a file itself'),
  nextInstance: field(u16(), 'number for the next attribute'),
});

/** The start of an attribute whose value lies in the record itself. */
export const residentAttribute = struct('NTFS resident attribute', `${source}, ATTR_RECORD`, {
  type: field(hex32(), '0x30 file name, 0x80 data, …, 0xffffffff end'),
  length: field(u32(), 'bytes to the next attribute'),
  nonResident: field(u8()),
  nameLength: field(u8(), 'of the stream, in UTF-16 units'),
  nameOffset: field(u16()),
  flags: field(hex16(), '0x1 compressed, 0x4000 encrypted, 0x8000 sparse'),
  instance: field(u16()),
  valueLength: field(u32()),
  valueOffset: field(u16(), 'from the start of the attribute'),
});

/** The start of an attribute whose value lies in clusters of its own. */
export const nonResidentAttribute = struct('NTFS non-resident attribute', `${source}, ATTR_RECORD`, {
  type: field(hex32()),
  length: field(u32(), 'bytes to the next attribute'),
  nonResident: field(u8()),
  nameLength: field(u8(), 'of the stream, in UTF-16 units'),
  nameOffset: field(u16()),
  flags: field(hex16(), '0x1 compressed, 0x4000 encrypted, 0x8000 sparse'),
  instance: field(u16()),
  lowestVcn: field(u64(), 'first cluster of the value that this part maps'),
  highestVcn: field(u64(), 'last one'),
  runsOffset: field(u16(), 'where the runs begin'),
  compressionUnit: field(u8(), 'binary logarithm of the clusters that are compressed together; 0 for none'),
  allocatedSize: field(u64(), undefined, { at: 0x28 }),
  dataSize: field(u64(), 'bytes of the value'),
  initializedSize: field(u64(), 'bytes that were ever written; behind them are zeros'),
});

/** An entry of an attribute list: where a part of an attribute is. */
export const attributeListEntry = struct('NTFS attribute list entry', `${source}, ATTR_LIST_ENTRY`, {
  type: field(hex32()),
  length: field(u16()),
  nameLength: field(u8()),
  nameOffset: field(u8()),
  lowestVcn: field(u64()),
  record: field(u64(), 'record (48 bits) and sequence number that hold it'),
  instance: field(u16()),
});

/** The value of the attribute 0x10. */
export const standardInformation = struct('NTFS standard information', `${source}, STANDARD_INFORMATION`, {
  created: field(u64(), '100 ns since 1601'),
  modified: field(u64(), 'content'),
  changed: field(u64(), 'file record'),
  accessed: field(u64()),
  fileAttributes: field(hex32(), 'bit 0 read-only, 1 hidden, 2 system, …'),
});

/** The start of the value of the attribute 0x30; the name follows. */
export const fileName = struct('NTFS file name', `${source}, FILE_NAME_ATTR`, {
  parent: field(u64(), 'record (48 bits) and sequence number of the directory'),
  created: field(u64()),
  modified: field(u64()),
  changed: field(u64()),
  accessed: field(u64()),
  allocatedSize: field(u64()),
  dataSize: field(u64()),
  fileAttributes: field(hex32()),
  reparseTag: field(hex32(), 'kind of reparse point, else length of the extended attributes'),
  nameLength: field(u8(), 'in UTF-16 units'),
  namespace: field(u8(), '0 POSIX, 1 Windows, 2 DOS, 3 both'),
});

/** The value of the attribute 0x70 of the file $Volume. */
export const volumeInformation = struct('NTFS volume information', `${source}, VOLUME_INFORMATION`, {
  reserved: field(u64()),
  majorVersion: field(u8()),
  minorVersion: field(u8()),
  flags: field(hex16(), 'bit 0 dirty', { meaning: (value) => (value & 1 ? 'dirty: a check is due' : undefined) }),
});
