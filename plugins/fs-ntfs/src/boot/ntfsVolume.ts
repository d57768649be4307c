import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { safeNumber } from '@diskwright/sdk/struct';
import { BOOT_SECTOR_BYTES, ntfsBootSector } from '../structures/ntfsBootSector';

export type BootSector = ReturnType<typeof ntfsBootSector.read>;

/** Clusters of Windows 10 reach 2 MiB; larger ones are no NTFS (libblkid, superblocks/ntfs.c). */
const MOST_CLUSTER_BYTES = 2 * 1024 * 1024;
/** Larger records than this are no NTFS that exists: 1 KiB is usual, 4 KiB on disks with such sectors. */
const MOST_RECORD_BYTES = 64 * 1024;
/** The file $Volume. */
export const VOLUME_RECORD = 3;

/** What the boot sector says. Offsets are bytes from the volume's start; they may lie outside of it. */
export interface NtfsVolume {
  raw: Buffer;
  boot: BootSector;
  clusterBytes: number;
  recordBytes: number;
  /** First byte of the master file table. */
  mftOffset: number;
  /** First byte of the copy of its first records. */
  mirrorOffset: number;
  /** Bytes of an index block. */
  indexBytes: number;
  /** Whole clusters of the volume. */
  totalClusters: number;
  /** Bytes that the boot sector counts; its copy lies right behind. */
  countedBytes: number;
}

/** @throws DamagedStructureError when the sector is no NTFS boot sector */
export async function readNtfsVolume(source: BlockSource, signal?: AbortSignal): Promise<NtfsVolume> {
  if (source.size < BOOT_SECTOR_BYTES) throw damaged(`a volume of ${source.size} bytes has no room for it`);
  const raw = await source.read(0, BOOT_SECTOR_BYTES, signal);
  const wrong = ntfsBootSector.check(raw, 0, 0, 'ntfs.boot')[0];
  if (wrong) throw damaged(wrong.message);
  const boot = ntfsBootSector.read(raw);
  const clusterBytes = boot.bytesPerSector * sizeOrLogarithm(boot.sectorsPerCluster, 240);
  if (clusterBytes > MOST_CLUSTER_BYTES) throw damaged(`clusters of ${clusterBytes} bytes`);
  const recordBytes =
    boot.clustersPerRecord >= 0x80 ? sizeOrLogarithm(boot.clustersPerRecord, 0x80) : boot.clustersPerRecord * clusterBytes;
  if (recordBytes < BOOT_SECTOR_BYTES || recordBytes > MOST_RECORD_BYTES) throw damaged(`file records of ${recordBytes} bytes`);
  const countedBytes = safeNumber(boot.totalSectors) * boot.bytesPerSector;
  const mftOffset = safeNumber(boot.mftCluster) * clusterBytes;
  const indexBytes =
    boot.clustersPerIndex >= 0x80 ? sizeOrLogarithm(boot.clustersPerIndex, 0x80) : boot.clustersPerIndex * clusterBytes;
  // The copy of the boot sector lies behind what is counted, and must be a place, too.
  if (!Number.isSafeInteger(countedBytes + boot.bytesPerSector) || !(mftOffset < countedBytes))
    throw damaged('the master file table lies outside of the volume');
  const mirrorOffset = safeNumber(boot.mftMirrorCluster) * clusterBytes;
  const totalClusters = Math.floor(countedBytes / clusterBytes);
  return { raw, boot, clusterBytes, recordBytes, mftOffset, mirrorOffset, indexBytes, totalClusters, countedBytes };
}

/** A small size as such, a large one as 2 to the power of its two's complement. */
function sizeOrLogarithm(value: number, firstLogarithm: number): number {
  return value >= firstLogarithm ? 2 ** (256 - value) : value;
}

function damaged(message: string): DamagedStructureError {
  return new DamagedStructureError('NTFS boot sector', `no NTFS boot sector at offset 0: ${message}`, {
    offset: 0,
    length: BOOT_SECTOR_BYTES,
  });
}
