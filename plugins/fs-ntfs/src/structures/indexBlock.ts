import { ascii, field, hex32, hex8, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

const source = 'ntfs-3g, include/ntfs-3g/layout.h';

/** The value of the attribute 0x90: the top of an index. Offsets of entries count from byte 16. */
export const indexRoot = struct('NTFS index root', `${source}, INDEX_ROOT`, {
  type: field(hex32(), 'attribute that is indexed; 0x30 for names'),
  collation: field(u32()),
  blockBytes: field(u32(), 'bytes of an index block'),
  clustersPerBlock: field(u8()),
  entriesOffset: field(u32(), undefined, { at: 0x10 }),
  entriesLength: field(u32(), 'offset behind the last entry'),
  allocatedLength: field(u32()),
  flags: field(hex8(), 'bit 0: there are blocks below'),
});

/** A block of an index, in the attribute 0xa0. Offsets of entries count from byte 24. */
export const indexBlock = struct('NTFS index block', `${source}, INDEX_BLOCK`, {
  magic: field(ascii(4), '"INDX"', { check: (value) => (value === 'INDX' ? null : 'is not "INDX"') }),
  fixupOffset: field(u16(), 'where the update sequence begins'),
  fixupCount: field(u16(), 'words in it: one, and one for each 512 bytes'),
  logSequenceNumber: field(u64(), 'last change in the log'),
  vcn: field(u64(), 'place of the block in the index'),
  entriesOffset: field(u32()),
  entriesLength: field(u32(), 'offset behind the last entry'),
  allocatedLength: field(u32()),
  flags: field(hex8(), 'bit 0: there are blocks below'),
});

/** An entry of an index; the key follows, and in the last 8 bytes the block below. */
export const indexEntry = struct('NTFS index entry', `${source}, INDEX_ENTRY`, {
  file: field(u64(), 'record (48 bits) and sequence number'),
  length: field(u16()),
  keyLength: field(u16()),
  flags: field(u16(), 'bit 0: there is a block below; bit 1: last entry, without a key'),
});
