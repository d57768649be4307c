import { field, hex16, struct, u16, u32 } from '@diskwright/sdk/struct';

const source = 'Linux kernel, Documentation/filesystems/ext4/ifork.rst, "Extent Tree"';

/** `eh_magic`. */
export const extentMagic = 0xf30a;
/** Levels that a tree can have below its root (five cover 2^32 blocks at any block size). */
export const extentMaximumDepth = 5;

/** The head of every node of an extent tree; `entries` records of 12 bytes follow. Little endian. */
export const extentHeader = struct('ext extent header', source, {
  magic: field(hex16(), 'always 0xf30a', { check: (value) => (value === extentMagic ? null : 'is not 0xf30a') }),
  entries: field(u16()),
  capacity: field(u16()),
  depth: field(u16(), '0: the records are extents; else they lead to nodes below'),
  generation: field(u32()),
});

/** A record of an inner node. */
export const extentIndex = struct(
  'ext extent index',
  source,
  { firstBlock: field(u32(), 'first block of the file below'), childLow: field(u32()), childHigh: field(u16()) },
  { size: 12 },
);

/** A record of a leaf. A `length` beyond 32768 means an unwritten extent of `length − 32768` blocks. */
export const extentLeaf = struct('ext extent', source, {
  firstBlock: field(u32(), 'first block of the file'),
  length: field(u16(), 'blocks'),
  startHigh: field(u16()),
  startLow: field(u32()),
});
