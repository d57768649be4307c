import { ascii, bytes, field, hex16, hex32, hex64, hex8, struct, u16, u32, u64, u8 } from '@diskwright/sdk/struct';

/** The structure's length, whatever the sector size. */
export const BOOT_SECTOR_BYTES = 512;
export const NTFS_OEM_NAME = 'NTFS    ';

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;
const mustBeZero = (value: number): string | null => (value === 0 ? null : 'is not 0');

/**
 * The first sector of an NTFS volume, and its copy in the last. The declared checks are those of libblkid (superblocks/ntfs.c): without them nobody takes it
 * for NTFS.
 */
export const ntfsBootSector = struct(
  'NTFS boot sector',
  'ntfs-3g, include/ntfs-3g/layout.h, NTFS_BOOT_SECTOR',
  {
    jump: field(bytes(3), 'jump to the boot code'),
    oemName: field(ascii(8), '"NTFS    "', { check: (value) => (value === NTFS_OEM_NAME ? null : `is not "${NTFS_OEM_NAME}"`) }),
    bytesPerSector: field(u16(), 'bytes in a sector', {
      check: (value) =>
        isPowerOfTwo(value) && value >= 256 && value <= 4096 ? null : `of ${value} is not a power of two from 256 to 4096`,
    }),
    sectorsPerCluster: field(hex8(), 'sectors in a cluster; from 0xf0 on its negative binary logarithm', {
      check: (value) => (isPowerOfTwo(value) || (value >= 240 && value <= 249) ? null : `of ${value} is not a power of two`),
    }),
    reservedSectors: field(u16(), undefined, { check: mustBeZero }),
    fatCount: field(u8(), undefined, { check: mustBeZero }),
    rootEntries: field(u16(), undefined, { check: mustBeZero }),
    totalSectors16: field(u16(), undefined, { check: mustBeZero }),
    media: field(hex8(), '0xf8: fixed disk'),
    sectorsPerFat: field(u16(), undefined, { check: mustBeZero }),
    sectorsPerTrack: field(u16(), 'for BIOS calls'),
    heads: field(u16(), 'for BIOS calls'),
    hiddenSectors: field(u32(), 'sectors before the volume on its disk; boot code adds it to every address'),
    totalSectors32: field(u32(), undefined, { check: mustBeZero }),
    driveNumber: field(hex8(), 'BIOS drive number'),
    flags: field(hex8(), 'bit 0 set by Windows while a check is due'),
    extendedSignature: field(hex8(), '0x80'),
    reserved: field(hex8()),
    totalSectors: field(u64(), 'sectors of the volume, the copy of this sector in the last one not counted'),
    mftCluster: field(u64(), 'first cluster of the master file table'),
    mftMirrorCluster: field(u64(), 'first cluster of the copy of its first records'),
    clustersPerRecord: field(hex8(), 'clusters in a file record; from 0x80 on its negative binary logarithm in bytes', {
      check: (value) =>
        (value >= 0xe1 && value <= 0xf7) || (isPowerOfTwo(value) && value <= 64) ? null : `of ${value} is no size`,
    }),
    reservedAfterRecord: field(bytes(3)),
    clustersPerIndex: field(hex8(), 'clusters in an index block; as above'),
    reservedAfterIndex: field(bytes(3)),
    serial: field(hex64(), 'volume serial number'),
    checksum: field(hex32(), 'not used'),
    signature: field(hex16(), 'aa55', { at: 510 }),
  },
  { size: BOOT_SECTOR_BYTES },
);
