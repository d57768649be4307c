import type { BlockSource } from '@diskwright/sdk/block';
import { isCluster } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Finding } from '@diskwright/sdk/protocol';
import {
  BOOT_SECTOR_BYTES,
  bootSector16,
  bootSector32,
  isFat32,
  type BootSector16,
  type BootSector32,
  type BootSectorCommon,
} from './structures/bootSector';

export type FatWidth = 12 | 16 | 32;

/** Bytes of a directory entry. */
const ENTRY_BYTES = 32;
/** Most clusters of each width (specification, section 3.5; EFI FAT32 1.03): what is above belongs to the next. */
const MOST_CLUSTERS: Record<FatWidth, number> = { 12: 4084, 16: 65524, 32: 0x0ffffff5 };
const NO_SECTOR = 0xffff;

/** Where everything of a FAT volume lies. Offsets are bytes from the volume's start, and may lie outside of it where `problems` says so. */
export interface FatGeometry {
  width: FatWidth;
  /** The boot sector's first 512 bytes. */
  raw: Buffer;
  boot: BootSector16 | BootSector32;
  /** The FAT32 boot sector, null for the others. */
  boot32: BootSector32 | null;
  bytesPerSector: number;
  clusterBytes: number;
  /** Data clusters; they are numbered from 2. */
  clusterCount: number;
  /** Size of the filesystem. */
  size: number;
  /** First byte behind the reserved area: the first FAT. */
  fatOffset: number;
  /** Bytes of one FAT. */
  fatBytes: number;
  fatCount: number;
  /** Index of each FAT that is kept up to date: all of them, or the active one. */
  activeFats: number[];
  /** Root directory of FAT12 and FAT16; in FAT32 an empty range before the first cluster. */
  rootOffset: number;
  rootBytes: number;
  /** First cluster of a FAT32 root directory, null for the others. */
  rootCluster: number | null;
  /** First byte of cluster 2. */
  dataOffset: number;
  fsInfoOffset: number | null;
  backupOffset: number | null;
  /** What is inconsistent; with an error among them no allocation can be told. */
  problems: Finding[];
}

/**
 * Reads the boot sector and works out the layout, as the Linux driver does where the specification leaves room.
 * @throws DamagedStructureError when the sector is no FAT boot sector at all
 */
export async function readGeometry(source: BlockSource, signal?: AbortSignal): Promise<FatGeometry> {
  if (source.size < BOOT_SECTOR_BYTES) {
    throw new DamagedStructureError('FAT boot sector', `a volume of ${source.size} bytes has no room for a FAT boot sector`, {
      offset: 0,
      length: source.size,
    });
  }
  return geometryOf(await source.read(0, BOOT_SECTOR_BYTES, signal), source.size, source.sectorSize);
}

/** The layout that the boot sector `raw` describes, on a volume of `volumeSize` bytes. @throws as {@link readGeometry} */
export function geometryOf(raw: Buffer, volumeSize: number, sectorSize: number): FatGeometry {
  const boot32 = isFat32(raw) ? bootSector32.read(raw) : null;
  const boot = boot32 ?? bootSector16.read(raw);
  const wrong = (boot32 ? bootSector32 : bootSector16).check(raw, 0, 0, 'fat.boot')[0];
  if (wrong) {
    throw new DamagedStructureError('FAT boot sector', `no FAT boot sector at offset 0: ${wrong.message}`, wrong.ranges[0]);
  }
  const { bytesPerSector, fatCount } = boot;
  const clusterBytes = bytesPerSector * boot.sectorsPerCluster;
  const totalSectors = boot.totalSectors16 || boot.totalSectors32;
  const fatBytes = (boot32 ? boot32.sectorsPerFat32 : boot.sectorsPerFat16) * bytesPerSector;
  const fatOffset = boot.reservedSectors * bytesPerSector;
  const rootOffset = fatOffset + fatCount * fatBytes;
  const rootBytes = Math.ceil((boot.rootEntries * ENTRY_BYTES) / bytesPerSector) * bytesPerSector;
  const dataOffset = rootOffset + rootBytes;
  const size = totalSectors * bytesPerSector;
  const clusterCount = Math.max(0, Math.floor((size - dataOffset) / clusterBytes));
  const geometry: FatGeometry = {
    width: boot32 ? 32 : clusterCount > MOST_CLUSTERS[12] ? 16 : 12,
    raw,
    boot,
    boot32,
    bytesPerSector,
    clusterBytes,
    clusterCount,
    size,
    fatOffset,
    fatBytes,
    fatCount,
    activeFats: activeFats(fatCount, boot32),
    rootOffset,
    rootBytes,
    rootCluster: boot32 ? boot32.rootCluster : null,
    dataOffset,
    fsInfoOffset: reservedSectorOffset(boot32?.fsInfoSector, boot),
    backupOffset: reservedSectorOffset(boot32?.backupSector, boot),
    problems: [],
  };
  geometry.problems.push(...geometryProblems(geometry, volumeSize, sectorSize));
  return geometry;
}

/** Byte offset of cluster `cluster`, 2 … clusterCount + 1. */
export function clusterOffset(geometry: FatGeometry, cluster: number): number {
  return geometry.dataOffset + (cluster - 2) * geometry.clusterBytes;
}

function activeFats(fatCount: number, boot32: BootSector32 | null): number[] {
  if (boot32 && boot32.extendedFlags & 0x80) return [boot32.extendedFlags & 0xf];
  return Array.from({ length: fatCount }, (_, index) => index);
}

/** A structure that a FAT32 boot sector places within the reserved area; null when it names none, or a sector that cannot hold it. */
function reservedSectorOffset(sector: number | undefined, boot: BootSectorCommon): number | null {
  if (sector === undefined || sector === 0 || sector === NO_SECTOR || sector >= boot.reservedSectors) return null;
  return sector * boot.bytesPerSector;
}

function geometryProblems(geometry: FatGeometry, volumeSize: number, sectorSize: number): Finding[] {
  const { boot, boot32, width, clusterCount } = geometry;
  const layout = boot32 ? bootSector32 : bootSector16;
  const findings: Finding[] = [];
  const report = (
    severity: Finding['severity'],
    fieldName: keyof BootSector32 & keyof BootSector16,
    code: string,
    message: string,
  ) => findings.push({ severity, code: `fat.boot.${code}`, message, ranges: [layout.range(fieldName)] });
  const report32 = (severity: Finding['severity'], fieldName: keyof BootSector32, code: string, message: string) =>
    findings.push({ severity, code: `fat.boot.${code}`, message, ranges: [bootSector32.range(fieldName)] });

  if (geometry.size > volumeSize) {
    const message = `the filesystem spans ${geometry.size} bytes, but its volume has only ${volumeSize}: the end is cut off`;
    report('error', boot.totalSectors16 ? 'totalSectors16' : 'totalSectors32', 'size', message);
  }
  if (boot.totalSectors16 !== 0 && boot.totalSectors32 !== 0 && boot.totalSectors16 !== boot.totalSectors32) {
    report(
      'warning',
      'totalSectors32',
      'totals',
      `two sizes are given, ${boot.totalSectors16} and ${boot.totalSectors32} sectors; the first counts`,
    );
  }
  if (clusterCount === 0) {
    report(
      'error',
      boot.totalSectors16 ? 'totalSectors16' : 'totalSectors32',
      'clusters',
      'the volume has no room for a single data cluster',
    );
  }
  if (clusterCount > MOST_CLUSTERS[width]) {
    report(
      'error',
      'sectorsPerCluster',
      'clusters',
      `${clusterCount} clusters are more than FAT${width} can have (${MOST_CLUSTERS[width]})`,
    );
  }
  const entries = Math.floor((geometry.fatBytes * 8) / width);
  if (clusterCount + 2 > entries) {
    const message = `the FAT has room for ${entries} entries, but ${clusterCount} clusters need ${clusterCount + 2}`;
    report('error', boot32 ? 'totalSectors32' : 'sectorsPerFat16', 'fatSize', message);
  }
  if (boot.bytesPerSector !== sectorSize) {
    const message = `made for sectors of ${boot.bytesPerSector} bytes, but the device has sectors of ${sectorSize}`;
    report('warning', 'bytesPerSector', 'sectorSize', message);
  }
  if (!boot32 && boot.rootEntries === 0)
    report('error', 'rootEntries', 'rootEntries', `a FAT${width} volume needs a root directory, but it has 0 entries`);
  if ((boot.rootEntries * ENTRY_BYTES) % boot.bytesPerSector !== 0) {
    report('warning', 'rootEntries', 'rootEntries', `the root directory's ${boot.rootEntries} entries do not fill whole sectors`);
  }
  if (!boot32) return findings;

  if (clusterCount > 0 && clusterCount <= MOST_CLUSTERS[16]) {
    const message = `${clusterCount} clusters are too few for FAT32 by the specification (65525); Linux takes it for FAT32, other systems may not`;
    report32('warning', 'sectorsPerCluster', 'fewClusters', message);
  }
  if (boot32.version !== 0)
    report32('error', 'version', 'version', `FAT32 version 0x${boot32.version.toString(16)} is not known`);
  if (boot.rootEntries !== 0)
    report32('error', 'rootEntries', 'rootEntries', 'a FAT32 volume has a fixed root directory as well');
  if (!isCluster(geometry, boot32.rootCluster)) {
    report32(
      'error',
      'rootCluster',
      'rootCluster',
      `the root directory's cluster ${boot32.rootCluster} is not among 2 … ${clusterCount + 1}`,
    );
  }
  if (geometry.activeFats.some((index) => index >= geometry.fatCount)) {
    report32(
      'error',
      'extendedFlags',
      'activeFat',
      `FAT ${geometry.activeFats[0]} is active, but there are only ${geometry.fatCount}`,
    );
  }
  if (geometry.fsInfoOffset === null)
    report32('warning', 'fsInfoSector', 'fsInfoSector', 'no FSInfo sector within the reserved area');
  if (geometry.backupOffset === null)
    report32('warning', 'backupSector', 'backupSector', 'no backup boot sector within the reserved area');
  return findings;
}
