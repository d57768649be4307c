import { field, hex32, struct, u32 } from '@diskwright/sdk/struct';

/** "Not known" in both counters. */
export const FSINFO_UNKNOWN = 0xffffffff;

const expects = (expected: number) => (value: number) => (value === expected ? null : `is not 0x${expected.toString(16)}`);
const counter = (value: number) => (value === FSINFO_UNKNOWN ? 'not known' : undefined);

/** Hints of FAT32 about free clusters; never trusted for allocation. */
export const fsInfo = struct(
  'FSInfo sector',
  'Microsoft FAT specification (August 2005), section 5',
  {
    leadSignature: field(hex32(), '"RRaA"', { check: expects(0x41615252) }),
    structSignature: field(hex32(), '"rrAa"', { at: 484, check: expects(0x61417272) }),
    freeClusters: field(u32(), 'free clusters as last counted', { meaning: counter }),
    nextFreeCluster: field(u32(), 'where to begin looking for a free one', { meaning: counter }),
    trailSignature: field(hex32(), 'aa550000', { at: 508, check: expects(0xaa550000) }),
  },
  { size: 512 },
);
