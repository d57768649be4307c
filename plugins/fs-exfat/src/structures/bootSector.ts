import { ascii, bytes, field, hex16, hex32, hex8, struct, u32, u64, u8 } from '@diskwright/sdk/struct';

export const SPECIFICATION = 'Microsoft exFAT file system specification (August 2019)';
/** Every boot sector ends with its signature word at byte 510, whatever the sector size. */
export const BOOT_SECTOR_BYTES = 512;
export const FILESYSTEM_NAME = 'EXFAT   ';
export const BOOT_SIGNATURE = 0xaa55;
/** Bits of the volume's flags. */
export const VolumeFlag = { secondFat: 1, dirty: 2, mediaFailure: 4, clearToZero: 8 } as const;
/** "Not known" in the percentage. */
export const PERCENT_UNKNOWN = 0xff;

const flagsMeaning = (value: number): string | undefined => {
  const words: string[] = [];
  if (value & VolumeFlag.secondFat) words.push('second FAT and bitmap active');
  if (value & VolumeFlag.dirty) words.push('dirty: mounted, or not cleanly unmounted');
  if (value & VolumeFlag.mediaFailure) words.push('disk errors were met');
  return words.length > 0 ? words.join('; ') : undefined;
};

/** The boot sector and its backup. The declared checks are those without which nobody takes the sector for exFAT. */
export const bootSector = struct(
  'exFAT boot sector',
  `${SPECIFICATION}, section 3.1`,
  {
    jump: field(bytes(3), 'jump to the boot code: eb 76 90'),
    name: field(ascii(8), '"EXFAT   "', { check: (value) => (value === FILESYSTEM_NAME ? null : `is not "${FILESYSTEM_NAME}"`) }),
    zeros: field(bytes(53), 'zeros where FAT has its parameters, so that nobody takes it for FAT', {
      check: (value) => (value.every((byte) => byte === 0) ? null : 'are not all zeros'),
    }),
    partitionOffset: field(u64(), 'sectors before the volume on its disk; 0 says nothing'),
    volumeLength: field(u64(), 'sectors of the volume'),
    fatOffset: field(u32(), 'sectors before the first FAT'),
    fatLength: field(u32(), 'sectors of a FAT'),
    clusterHeapOffset: field(u32(), 'sectors before cluster 2'),
    clusterCount: field(u32(), 'clusters'),
    rootCluster: field(u32(), 'first cluster of the root directory'),
    serial: field(hex32(), 'volume serial number'),
    revision: field(hex16(), 'major and minor version: 0x0100', {
      check: (value) => (value >>> 8 === 1 ? null : `0x${value.toString(16)} is not 1.x`),
    }),
    flags: field(hex16(), 'bit 0 active FAT, bit 1 dirty, bit 2 media failure; not in the checksum', { meaning: flagsMeaning }),
    bytesPerSectorShift: field(u8(), 'bytes of a sector, as a power of two: 9 … 12', {
      check: (value) => (value >= 9 && value <= 12 ? null : `of ${value} is not 9 … 12`),
    }),
    sectorsPerClusterShift: field(u8(), 'sectors of a cluster, as a power of two; a cluster has at most 32 MiB', {
      check: (value) => (value <= 16 ? null : `of ${value} is more than 16`),
    }),
    fatCount: field(u8(), 'number of FATs; 2 in TexFAT', {
      check: (value) => (value === 1 || value === 2 ? null : `of ${value} is neither 1 nor 2`),
    }),
    driveNumber: field(hex8(), 'BIOS drive number'),
    percentInUse: field(u8(), 'percentage of clusters in use; 255: not known. Not in the checksum'),
    reserved: field(bytes(7)),
    signature: field(hex16(), 'aa55', {
      at: 510,
      check: (value) => (value === BOOT_SIGNATURE ? null : 'is not 0xaa55'),
    }),
  },
  { size: BOOT_SECTOR_BYTES },
);

export type BootSector = ReturnType<typeof bootSector.read>;

/** The first two entries of a FAT, which are no clusters. */
export const firstFatEntries = struct('first exFAT FAT entries', `${SPECIFICATION}, section 4.1`, {
  media: field(hex32(), 'fffffff8', { check: (value) => (value === 0xfffffff8 ? null : 'is not 0xfffffff8') }),
  entry1: field(hex32(), 'ffffffff', { check: (value) => (value === 0xffffffff ? null : 'is not 0xffffffff') }),
});
