import { bytes, field, guid, hex16, hex32, hex8, struct, u32, u64, u8, utf16 } from '@diskwright/sdk/struct';
import { SPECIFICATION } from './bootSector';

export const ENTRY_BYTES = 32;
/** Set in the type of an entry that is in use. */
export const IN_USE = 0x80;
/** Set in the type of an entry that belongs to the one before it. */
export const SECONDARY = 0x40;
/** Set in the type of an entry without which the rest can be understood. */
export const BENIGN = 0x20;

/** Types of entries, in use. */
export const EntryType = {
  end: 0x00,
  bitmap: 0x81,
  upcase: 0x82,
  label: 0x83,
  file: 0x85,
  guid: 0xa0,
  texFatPadding: 0xa1,
  stream: 0xc0,
  name: 0xc1,
  vendorExtension: 0xe0,
  vendorAllocation: 0xe1,
} as const;

/** Bits of a file's attributes. */
export const Attribute = { readOnly: 0x01, hidden: 0x02, system: 0x04, directory: 0x10, archive: 0x20 } as const;
/** Bits of the flags of what has clusters. */
export const AllocationFlag = { possible: 0x01, noFatChain: 0x02 } as const;

const flagsMeaning = (value: number): string | undefined =>
  value & AllocationFlag.noFatChain ? 'its clusters follow each other; the FAT is not used' : undefined;

export const bitmapEntry = struct(
  'exFAT allocation bitmap entry',
  `${SPECIFICATION}, section 7.1`,
  {
    type: field(hex8(), '0x81'),
    flags: field(hex8(), 'bit 0: it goes with the second FAT'),
    firstCluster: field(u32(), undefined, { at: 20 }),
    dataLength: field(u64(), 'bytes'),
  },
  { size: ENTRY_BYTES },
);

export const upcaseEntry = struct(
  'exFAT up-case table entry',
  `${SPECIFICATION}, section 7.2`,
  {
    type: field(hex8(), '0x82'),
    checksum: field(hex32(), 'over the table', { at: 4 }),
    firstCluster: field(u32(), undefined, { at: 20 }),
    dataLength: field(u64(), 'bytes'),
  },
  { size: ENTRY_BYTES },
);

export const labelEntry = struct(
  'exFAT volume label entry',
  `${SPECIFICATION}, section 7.3`,
  {
    type: field(hex8(), '0x83; 0x03 without a label'),
    length: field(u8(), 'characters, 0 … 11', { check: (value) => (value <= 11 ? null : `of ${value} is more than 11`) }),
    label: field(utf16(11)),
  },
  { size: ENTRY_BYTES },
);

export const guidEntry = struct(
  'exFAT volume GUID entry',
  `${SPECIFICATION}, section 7.5`,
  {
    type: field(hex8(), '0xa0'),
    secondaryCount: field(u8(), '0'),
    checksum: field(hex16(), 'over the entry'),
    flags: field(hex16()),
    guid: field(guid()),
  },
  { size: ENTRY_BYTES },
);

export const fileEntry = struct(
  'exFAT file entry',
  `${SPECIFICATION}, section 7.4`,
  {
    type: field(hex8(), '0x85; 0x05 when deleted'),
    secondaryCount: field(u8(), 'entries that belong to it: 2 … 18'),
    checksum: field(hex16(), 'over all entries of the set but this field'),
    attributes: field(hex16(), 'bit 0 read-only, 1 hidden, 2 system, 4 directory, 5 archive'),
    reserved1: field(bytes(2)),
    created: field(hex32(), 'date and time, two seconds'),
    modified: field(hex32(), 'date and time, two seconds'),
    accessed: field(hex32(), 'date and time, two seconds'),
    createdHundredths: field(u8(), '0 … 199, added to the two seconds'),
    modifiedHundredths: field(u8(), '0 … 199, added to the two seconds'),
    createdZone: field(hex8(), 'bit 7 valid; quarters of an hour from UTC, signed'),
    modifiedZone: field(hex8(), 'bit 7 valid; quarters of an hour from UTC, signed'),
    accessedZone: field(hex8(), 'bit 7 valid; quarters of an hour from UTC, signed'),
    reserved2: field(bytes(7)),
  },
  { size: ENTRY_BYTES },
);

export const streamEntry = struct(
  'exFAT stream extension entry',
  `${SPECIFICATION}, section 7.6`,
  {
    type: field(hex8(), '0xc0'),
    flags: field(hex8(), 'bit 0 may have clusters, bit 1 without the FAT', { meaning: flagsMeaning }),
    reserved1: field(bytes(1)),
    nameLength: field(u8(), 'characters of the name'),
    nameHash: field(hex16(), 'over the up-cased name'),
    reserved2: field(bytes(2)),
    validDataLength: field(u64(), 'bytes that were written; behind them are zeros'),
    reserved3: field(bytes(4)),
    firstCluster: field(u32(), '0 without clusters'),
    dataLength: field(u64(), 'bytes'),
  },
  { size: ENTRY_BYTES },
);

export const nameEntry = struct(
  'exFAT file name entry',
  `${SPECIFICATION}, section 7.7`,
  { type: field(hex8(), '0xc1'), flags: field(hex8(), '0'), name: field(bytes(30), '15 units of UTF-16') },
  { size: ENTRY_BYTES },
);

export const vendorAllocationEntry = struct(
  'exFAT vendor allocation entry',
  `${SPECIFICATION}, section 7.9`,
  {
    type: field(hex8(), '0xe1'),
    flags: field(hex8(), 'as those of a stream', { meaning: flagsMeaning }),
    vendor: field(guid()),
    vendorDefined: field(bytes(2)),
    firstCluster: field(u32()),
    dataLength: field(u64(), 'bytes'),
  },
  { size: ENTRY_BYTES },
);
