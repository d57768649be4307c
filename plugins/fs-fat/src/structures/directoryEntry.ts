import { field, hex8, struct, u16, u32, u8 } from '@diskwright/sdk/struct';
import { oemText } from './oemText';

/** Bits of a directory entry's attributes. */
export const Attribute = {
  readOnly: 0x01,
  hidden: 0x02,
  system: 0x04,
  volumeId: 0x08,
  directory: 0x10,
  archive: 0x20,
  longName: 0x0f,
  mask: 0x3f,
} as const;

/** The first byte of an entry behind which there are no more. */
export const END_OF_DIRECTORY = 0x00;
/** The first byte of an entry that is not in use any more. */
export const DELETED = 0xe5;
/** Stands for a first byte of 0xe5, which would mean a deleted entry. */
export const ESCAPED_E5 = 0x05;
/** Bits of `caseFlags`: the name, or the extension, is in lower case. */
export const CaseFlag = { name: 0x08, extension: 0x10 } as const;

/** A short directory entry; the volume label is one with the attribute `volumeId`. */
export const directoryEntry = struct('FAT directory entry', 'Microsoft FAT specification (August 2005), section 6', {
  name: field(oemText(11), 'name and extension, or the volume label'),
  attributes: field(hex8(), 'bit 3 volume label, bit 4 directory, 0x0f part of a long name'),
  caseFlags: field(hex8(), 'reserved; Windows NT keeps the case of the short name here'),
  creationTenths: field(u8(), 'tenths of a second of the creation time'),
  creationTime: field(u16()),
  creationDate: field(u16()),
  accessDate: field(u16()),
  clusterHigh: field(u16(), 'high half of the first cluster, FAT32 only'),
  writeTime: field(u16()),
  writeDate: field(u16()),
  clusterLow: field(u16(), 'low half of the first cluster'),
  size: field(u32(), 'bytes'),
});
