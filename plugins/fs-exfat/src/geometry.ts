import type { BlockSource } from '@diskwright/sdk/block';
import { isCluster, type ClusterHeap } from '@diskwright/sdk/clusters';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Finding } from '@diskwright/sdk/protocol';
import { safeNumber } from '@diskwright/sdk/struct';
import { BOOT_SECTOR_BYTES, bootSector, VolumeFlag, type BootSector } from './structures/bootSector';

/** Main and backup boot region, each. */
export const BOOT_REGION_SECTORS = 12;
const LARGEST_CLUSTER_SHIFT = 25;
const MOST_CLUSTERS = 0xfffffff5;

/** Where everything of an exFAT volume lies. Offsets are bytes from the volume's start, and may lie outside of it where `problems` says so. */
export interface ExfatGeometry extends ClusterHeap {
  /** The boot sector's first 512 bytes. */
  raw: Buffer;
  boot: BootSector;
  bytesPerSector: number;
  size: number;
  /** The FAT that is kept up to date. */
  fatOffset: number;
  fatBytes: number;
  /** 1 when the second FAT and bitmap are the ones in use (TexFAT). */
  activeFat: 0 | 1;
  rootCluster: number;
  /** What is inconsistent; with an error among them no file and no allocation can be told. */
  problems: Finding[];
}

/** @throws DamagedStructureError when the sector is no exFAT boot sector at all */
export async function readGeometry(source: BlockSource, signal?: AbortSignal): Promise<ExfatGeometry> {
  if (source.size < BOOT_SECTOR_BYTES)
    throw new DamagedStructureError('exFAT boot sector', `a volume of ${source.size} bytes has no room for a boot sector`);
  return geometryOf(await source.read(0, BOOT_SECTOR_BYTES, signal), source);
}

/** @throws as {@link readGeometry} */
export function geometryOf(raw: Buffer, volume: { size: number; sectorSize: number }): ExfatGeometry {
  const [wrong] = bootSector.check(raw, 0, 0, 'exfat.boot');
  if (wrong)
    throw new DamagedStructureError('exFAT boot sector', `no exFAT boot sector at offset 0: ${wrong.message}`, wrong.ranges[0]);
  const boot = bootSector.read(raw);
  const bytesPerSector = 2 ** boot.bytesPerSectorShift;
  const activeFat = boot.fatCount === 2 && boot.flags & VolumeFlag.secondFat ? 1 : 0;
  const fatBytes = boot.fatLength * bytesPerSector;
  const geometry: ExfatGeometry = {
    raw,
    boot,
    bytesPerSector,
    clusterBytes: bytesPerSector * 2 ** boot.sectorsPerClusterShift,
    clusterCount: boot.clusterCount,
    dataOffset: boot.clusterHeapOffset * bytesPerSector,
    size: safeNumber(boot.volumeLength * BigInt(bytesPerSector)),
    fatOffset: boot.fatOffset * bytesPerSector + activeFat * fatBytes,
    fatBytes,
    activeFat,
    rootCluster: boot.rootCluster,
    problems: [],
  };
  geometry.problems.push(...problemsOf(geometry, volume));
  return geometry;
}

/** Whether neither files nor allocation can be told. */
export function isInconsistent(geometry: ExfatGeometry): boolean {
  return geometry.problems.some(({ severity }) => severity === 'error');
}

function problemsOf(geometry: ExfatGeometry, volume: { size: number; sectorSize: number }): Finding[] {
  const { boot, bytesPerSector, clusterBytes, clusterCount, dataOffset, size } = geometry;
  const findings: Finding[] = [];
  const report = (severity: Finding['severity'], name: keyof BootSector, message: string): void => {
    findings.push({ severity, code: `exfat.boot.${name}`, message, ranges: [bootSector.range(name)] });
  };
  const firstFat = boot.fatOffset * bytesPerSector;
  const fatsEnd = firstFat + boot.fatCount * geometry.fatBytes;
  if (size > volume.size) {
    const message = `the filesystem spans ${size} bytes, but its volume has only ${volume.size}: the end is cut off`;
    report('error', 'volumeLength', message);
  }
  if (clusterBytes > 2 ** LARGEST_CLUSTER_SHIFT)
    report('error', 'sectorsPerClusterShift', `clusters of ${clusterBytes} bytes are larger than 32 MiB`);
  if (firstFat < 2 * BOOT_REGION_SECTORS * bytesPerSector)
    report('error', 'fatOffset', `the FAT at ${firstFat} lies within the boot regions`);
  if (fatsEnd > dataOffset) report('error', 'fatLength', `the FATs end at ${fatsEnd}, behind the first cluster at ${dataOffset}`);
  if (clusterCount === 0 || clusterCount > MOST_CLUSTERS) report('error', 'clusterCount', `${clusterCount} clusters cannot be`);
  if (dataOffset + clusterCount * clusterBytes > size)
    report('error', 'clusterCount', `${clusterCount} clusters reach beyond the end of the filesystem at ${size}`);
  if ((clusterCount + 2) * 4 > geometry.fatBytes)
    report('error', 'fatLength', `the FAT has no room for ${clusterCount} clusters`);
  if (!isCluster(geometry, geometry.rootCluster))
    report('error', 'rootCluster', `the root directory's cluster ${geometry.rootCluster} is not among 2 … ${clusterCount + 1}`);
  if (bytesPerSector !== volume.sectorSize) {
    const message = `made for sectors of ${bytesPerSector} bytes, but the device has sectors of ${volume.sectorSize}`;
    report('warning', 'bytesPerSectorShift', message);
  }
  return findings;
}
