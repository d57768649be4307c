const KIB = 1024;
const MIB = 1024 * KIB;

/** A volume for a test to make. */
export interface ImageCase {
  name: string;
  size: number;
  /** Of mkfs.exfat. */
  args: string[];
  /** Largest file that it is filled with. */
  file: number;
  sectorSize?: 512 | 4096;
  /** Nothing is written. */
  isEmpty?: boolean;
  /** All clusters but this many are filled. */
  leaveFree?: number;
}

const plain = (size: number, cluster: string, file: number): ImageCase => ({
  name: `${size / MIB} MiB with clusters of ${cluster}`,
  size,
  args: ['-c', cluster],
  file,
});

/** Sizes of clusters, places of FAT and bitmap, and fill. */
export const imageCases: readonly ImageCase[] = [
  plain(8 * MIB, '512', 9000),
  plain(16 * MIB, '1K', 20_000),
  plain(24 * MIB, '2K', 30_000),
  plain(32 * MIB, '4K', 60_000),
  plain(64 * MIB, '8K', 200_000),
  plain(64 * MIB, '16K', 200_000),
  plain(128 * MIB, '32K', 300_000),
  plain(128 * MIB, '64K', 500_000),
  plain(150 * MIB, '128K', 500_000),
  plain(200 * MIB, '256K', 600_000),
  plain(400 * MIB, '512K', 900_000),
  { ...plain(2048 * MIB, '4M', 0), isEmpty: true },
  { ...plain(8192 * MIB, '32M', 0), isEmpty: true },
  { name: 'as it comes', size: 100 * MIB, args: [], file: 300_000 },
  { name: 'as it comes, 10 GiB', size: 10_240 * MIB, args: [], file: 300_000 },
  { name: 'aligned to 64 KiB', size: 40 * MIB, args: ['-b', '64K', '-c', '4K'], file: 60_000 },
  { name: 'aligned to 4 MiB', size: 60 * MIB, args: ['-b', '4M', '-c', '8K'], file: 60_000 },
  { name: 'its bitmap before the clusters', size: 60 * MIB, args: ['--pack-bitmap'], file: 60_000 },
  { name: 'its bitmap before the clusters, 512 bytes', size: 20 * MIB, args: ['--pack-bitmap', '-c', '512'], file: 20_000 },
  { name: 'sectors of 4096 bytes', size: 64 * MIB, args: ['-c', '4K'], file: 60_000, sectorSize: 4096 },
  {
    name: 'sectors of 4096 bytes, clusters of 64 KiB',
    size: 128 * MIB,
    args: ['-c', '64K'],
    file: 300_000,
    sectorSize: 4096,
  },
  { name: 'an odd size', size: 33 * MIB + 7 * 512, args: ['-c', '4K'], file: 60_000 },
  { name: 'an odd size, clusters of 512', size: 9 * MIB + 13 * 512, args: ['-c', '512'], file: 9000 },
  { name: 'empty', size: 20 * MIB, args: ['-c', '4K'], file: 0, isEmpty: true },
  { name: 'empty, 4 GiB', size: 4096 * MIB, args: [], file: 0, isEmpty: true },
  { name: 'full to the last cluster', size: 16 * MIB, args: ['-c', '4K'], file: 40_000, leaveFree: 0 },
  { name: 'nearly full', size: 32 * MIB, args: ['-c', '8K'], file: 40_000, leaveFree: 5 },
];
