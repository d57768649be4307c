import { bytes, field, hex8, struct, u16, u8 } from '@diskwright/sdk/struct';

/** Set in the ordinal of the entry that holds a name's end, which comes first. */
export const LAST_LONG_ENTRY = 0x40;

/** A piece of a long name; the pieces lie before the short entry, the last one first. */
export const longNameEntry = struct('FAT long name entry', 'Microsoft FAT specification (August 2005), section 7', {
  ordinal: field(hex8(), 'which piece of the name, from 1; bit 6 set in the last one', {
    meaning: (value) => (value === 0xe5 ? 'deleted' : value & LAST_LONG_ENTRY ? `piece ${value & 0x3f}, the last` : undefined),
  }),
  name1: field(bytes(10), 'UTF-16, 5 units; ended by 0, padded with ffff'),
  attributes: field(hex8(), '0x0f marks a piece of a long name'),
  type: field(u8(), '0'),
  checksum: field(hex8(), 'over the 11 bytes of the short name that it belongs to'),
  name2: field(bytes(12), 'UTF-16, 6 units'),
  clusterLow: field(u16(), '0'),
  name3: field(bytes(4), 'UTF-16, 2 units'),
});
