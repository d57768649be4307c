import { ascii, field, guid, hex32, struct, u16, u32, u64 } from '@diskwright/sdk/struct';

const SOURCE = '[MS-VHDX] 7.0';

/** Little endian, as all of the format. Two copies, at 64 KiB and 128 KiB; the checksum is over 4 KiB. */
export const header = struct(
  'VHDX header',
  `${SOURCE}, 2.2.2`,
  {
    signature: field(ascii(4), '"head"'),
    checksum: field(hex32(), 'CRC-32C over 4 KiB, with zeros here'),
    sequence: field(u64(), 'the copy with the greater one holds'),
    fileWriteId: field(guid(), 'changes whenever the file is written to'),
    dataWriteId: field(guid(), 'changes whenever the disk is written to'),
    logId: field(guid(), 'of the log’s entries that hold; zeros: the log is empty'),
    logVersion: field(u16(), '0'),
    version: field(u16(), '1'),
    logBytes: field(u32()),
    logOffset: field(u64()),
  },
  { size: 4096 },
);

/** Two copies, at 192 KiB and 256 KiB; the checksum is over 64 KiB. */
export const regionTable = struct('VHDX region table', `${SOURCE}, 2.2.3`, {
  signature: field(ascii(4), '"regi"'),
  checksum: field(hex32(), 'CRC-32C over 64 KiB, with zeros here'),
  entries: field(u32(), 'at most 2047'),
  reserved: field(u32()),
});

export const regionEntry = struct('VHDX region table entry', `${SOURCE}, 2.2.3.2`, {
  id: field(guid(), 'which region'),
  offset: field(u64()),
  length: field(u32()),
  required: field(u32(), '1: who does not know it may not open the file'),
});

export const metadataTable = struct(
  'VHDX metadata table',
  `${SOURCE}, 2.6.1.1`,
  {
    signature: field(ascii(8), '"metadata"'),
    entries: field(u16(), 'at most 2047', { at: 10 }),
  },
  { size: 32 },
);

export const metadataEntry = struct(
  'VHDX metadata table entry',
  `${SOURCE}, 2.6.1.2`,
  {
    id: field(guid(), 'which item'),
    offset: field(u32(), 'from the start of the region'),
    length: field(u32()),
    flags: field(hex32(), 'bit 0 user’s, 1 of the disk, 2 required'),
  },
  { size: 32 },
);

export const parentLocator = struct('VHDX parent locator', `${SOURCE}, 2.6.2.6.1`, {
  type: field(guid()),
  reserved: field(u16()),
  entries: field(u16()),
});

export const locatorEntry = struct('VHDX parent locator entry', `${SOURCE}, 2.6.2.6.2`, {
  keyOffset: field(u32(), 'from the start of the locator'),
  valueOffset: field(u32()),
  keyBytes: field(u16(), 'of text in UTF-16'),
  valueBytes: field(u16()),
});

export const logEntry = struct('VHDX log entry', `${SOURCE}, 2.3.1.1`, {
  signature: field(ascii(4), '"loge"'),
  checksum: field(hex32(), 'CRC-32C over the entry, with zeros here'),
  length: field(u32(), 'bytes, whole 4 KiB'),
  tail: field(u32(), 'where in the log the oldest entry begins that this one needs'),
  sequence: field(u64()),
  descriptors: field(u32()),
  reserved: field(u32()),
  logId: field(guid()),
  flushedFileBytes: field(u64(), 'the file had at least so many bytes'),
  lastFileBytes: field(u64(), 'and is to have so many'),
});

/** "zero" and "desc"; the first two fields of the latter are the bytes that its sector has no room for. */
export const logDescriptor = struct('VHDX log descriptor', `${SOURCE}, 2.3.1.2 and 2.3.1.3`, {
  signature: field(ascii(4), '"zero" or "desc"'),
  trailing: field(u32(), 'of "desc": the last four bytes'),
  leading: field(u64(), 'of "desc": the first eight bytes; of "zero": how many zeros'),
  offset: field(u64(), 'where in the file'),
  sequence: field(u64(), 'that of the entry'),
});

export const Id = {
  none: '00000000-0000-0000-0000-000000000000',
  blockTable: '2dc27766-f623-4200-9d64-115e9bfd4a08',
  metadata: '8b7ca206-4790-4b9a-b8fe-575f050f886e',
  fileParameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  diskSize: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  diskId: 'beca12ab-b2e6-4523-93ef-c309e000c746',
  sectorSize: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
  physicalSectorSize: 'cda348c7-445d-4471-9cc9-e9885251c556',
  parentLocator: 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c',
  vhdxParent: 'b04aefb7-d19e-4a81-b789-25b8e9445913',
} as const;
