const KIB = 1024;
const MIB = 1024 * KIB;

/** A volume for a test to make. */
export interface ImageCase {
  name: string;
  size: number;
  /** Of mkfs.fat. */
  args: string[];
  width: 12 | 16 | 32;
  /** Largest file that it is filled with. */
  file: number;
  /** Number of files. */
  count?: number;
  sectorSize?: 512 | 4096;
  badKibibytes?: number[];
  badClusters?: number;
  leaveFree?: number;
  /** What `check` rightly finds. */
  findings?: string[];
}

/** Widths, sizes of sectors and clusters, places of the FATs, and fill. */
export const imageCases: readonly ImageCase[] = [
  { name: 'a floppy of 360 KiB', size: 360 * KIB, args: [], width: 12, file: 3000 },
  { name: 'a floppy of 1.44 MB', size: 1440 * KIB, args: [], width: 12, file: 9000 },
  { name: 'FAT12 with clusters of 8 sectors', size: 14 * MIB, args: ['-F', '12', '-s', '8'], width: 12, file: 60000 },
  { name: 'FAT12 nearly full', size: 2 * MIB, args: ['-F', '12'], width: 12, file: 20000, leaveFree: 3 },
  {
    name: 'FAT12 with bad clusters',
    size: 4 * MIB,
    args: ['-F', '12', '-s', '2'],
    width: 12,
    file: 20000,
    badKibibytes: [500, 501, 777, 2000],
    badClusters: 7,
  },
  {
    name: 'FAT12 with sectors of 4096',
    size: 12 * MIB,
    args: ['-F', '12', '-S', '4096', '-s', '1'],
    width: 12,
    file: 50000,
    sectorSize: 4096,
  },
  { name: 'FAT16 as it comes', size: 32 * MIB, args: ['-F', '16'], width: 16, file: 90000 },
  { name: 'FAT16 with single-sector clusters', size: 20 * MIB, args: ['-F', '16', '-s', '1'], width: 16, file: 40000 },
  { name: 'FAT16 with clusters of 64 sectors', size: 300 * MIB, args: ['-F', '16', '-s', '64'], width: 16, file: 300000 },
  { name: 'FAT16 with clusters of 64 KiB', size: 272 * MIB, args: ['-F', '16', '-s', '128'], width: 16, file: 300000 },
  { name: 'FAT16 with one FAT', size: 24 * MIB, args: ['-F', '16', '-f', '1'], width: 16, file: 40000 },
  { name: 'FAT16 with 7 reserved sectors', size: 24 * MIB, args: ['-F', '16', '-R', '7'], width: 16, file: 40000 },
  { name: 'FAT16 not aligned', size: 25 * MIB + 13 * 512, args: ['-F', '16', '-a'], width: 16, file: 40000 },
  {
    name: 'FAT16 with hidden sectors and a large root',
    size: 24 * MIB,
    args: ['-F', '16', '-h', '2048', '-r', '2048'],
    width: 16,
    file: 40000,
    count: 120,
  },
  {
    name: 'FAT16 with sectors of 4096',
    size: 64 * MIB,
    args: ['-F', '16', '-S', '4096'],
    width: 16,
    file: 90000,
    sectorSize: 4096,
  },
  {
    name: 'FAT16 with sectors of 2048',
    size: 48 * MIB,
    args: ['-F', '16', '-S', '2048'],
    width: 16,
    file: 90000,
    // No device here has such.
    findings: ['fat.boot.sectorSize'],
  },
  {
    name: 'FAT16 with bad clusters',
    size: 32 * MIB,
    args: ['-F', '16', '-s', '4'],
    width: 16,
    file: 90000,
    badKibibytes: [900, 902, 904, 30000],
    badClusters: 4,
  },
  { name: 'FAT16 full to the last cluster', size: 12 * MIB, args: ['-F', '16', '-s', '4'], width: 16, file: 90000, leaveFree: 0 },
  { name: 'FAT32 with single-sector clusters', size: 64 * MIB, args: ['-F', '32', '-s', '1'], width: 32, file: 90000 },
  { name: 'FAT32 with one FAT', size: 80 * MIB, args: ['-F', '32', '-s', '1', '-f', '1'], width: 32, file: 90000 },
  {
    name: 'FAT32 with 101 reserved sectors',
    size: 64 * MIB,
    args: ['-F', '32', '-s', '1', '-R', '101', '-b', '12'],
    width: 32,
    file: 90000,
  },
  {
    name: 'FAT32 with sectors of 4096',
    size: 300 * MIB,
    args: ['-F', '32', '-S', '4096', '-s', '1'],
    width: 32,
    file: 90000,
    sectorSize: 4096,
  },
  { name: 'FAT32 with clusters of 8 sectors', size: 600 * MIB, args: ['-F', '32', '-s', '8'], width: 32, file: 200000 },
  {
    name: 'FAT32 with bad clusters',
    size: 64 * MIB,
    args: ['-F', '32', '-s', '1'],
    width: 32,
    file: 90000,
    badKibibytes: [2000, 2001, 60000],
    badClusters: 6,
  },
  {
    name: 'FAT32 nearly full, its root directory of many clusters',
    size: 40 * MIB,
    args: ['-F', '32', '-s', '1'],
    width: 32,
    file: 30000,
    count: 150,
    leaveFree: 5,
  },
  { name: 'FAT32 with a fake partition table', size: 64 * MIB, args: ['-F', '32', '-s', '1', '--mbr=y'], width: 32, file: 30000 },
];
