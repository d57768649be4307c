import { field, hex32, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

const SOURCE = 'VMware, Virtual Disk Format 5.0';

/** Little endian; all places and sizes in sectors of 512 bytes. */
export const sparseHeader = struct(
  'VMDK sparse header',
  `${SOURCE}, "Hosted Sparse Extent Header"`,
  {
    magic: field(hex32(), '0x564d444b, "KDMV"'),
    version: field(u32(), '1, 2 or 3'),
    flags: field(hex32(), 'bit 1 second grain directory, 2 grains of zeros, 16 compressed grains, 17 markers'),
    capacity: field(u64(), 'sectors of the disk or of this part of it'),
    grainSectors: field(u64(), 'sectors a grain'),
    descriptorSector: field(u64(), 'where the embedded descriptor stands; 0: none'),
    descriptorSectors: field(u64()),
    entriesPerTable: field(u32(), 'entries of a grain table, 512'),
    secondDirectorySector: field(u64(), 'where the second grain directory stands'),
    directorySector: field(u64(), 'where the grain directory stands; all ones: the footer says'),
    overheadSectors: field(u64(), 'sectors in front of the grains'),
    unclean: field(u8(), '1: was not closed in order'),
    lineEnds: field(u32(), '"\\n \\r\\n", to tell of transfers as text'),
    compression: field(u16(), '1: deflate'),
  },
  { size: 512 },
);

/** Before a compressed grain, and alone in a sector before what else a stream-optimised image is made of. */
export const marker = struct('VMDK marker', `${SOURCE}, "Stream-Optimized Compressed Sparse Extents"`, {
  sector: field(u64(), 'of a grain: the disk’s sector that it begins with'),
  size: field(u32(), 'bytes of the grain; 0: no grain'),
});

export const Flag = { secondDirectory: 1 << 1, zeroGrains: 1 << 2, compressed: 1 << 16, markers: 1 << 17 } as const;
/** Of the directory: all ones. */
export const DIRECTORY_AT_END = 2n ** 64n - 1n;
