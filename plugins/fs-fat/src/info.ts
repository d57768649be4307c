import type { BlockSource } from '@diskwright/sdk/block';
import type { FilesystemInfo, Finding } from '@diskwright/sdk/protocol';
import type { FatGeometry } from './geometry';
import { readVolumeLabel } from './rootDirectory';
import { trimText } from './structures/oemText';

/** What mkfs.fat and DOS put where there is no label (libblkid: `no_name`). */
const NO_NAME = 'NO NAME';

/** The serial number as every tool prints it: `1A2B-3C4D`. Null where the boot sector has none. */
export function volumeId(geometry: FatGeometry): string | null {
  const { extendedSignature, serial } = geometry.boot;
  // libblkid takes the serial of a FAT32 for granted, and that of the others only with one of the two signatures.
  if (geometry.width !== 32 && extendedSignature !== 0x28 && extendedSignature !== 0x29) return null;
  const digits = serial.toString(16).toUpperCase().padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/** The label in the boot sector; null where there is none, or only the placeholder. */
export function bootLabel(geometry: FatGeometry): string | null {
  if (geometry.boot.extendedSignature !== 0x29) return null;
  const label = trimText(geometry.boot.label);
  return label === '' || label === NO_NAME ? null : label;
}

/** Whether nothing but a size or a label can be told. */
export function isInconsistent(geometry: FatGeometry): boolean {
  return geometry.problems.some((problem) => problem.severity === 'error');
}

/** How many clusters are in what state, whoever counted. `badClusters` is null where that was not counted. */
export interface ClusterUsage {
  usedClusters: number;
  freeClusters: number;
  badClusters: number | null;
}

/** `usage` is null where the boot sector is inconsistent; `unclean` as `uncleanFindings` gives it. */
export async function fatInfo(
  source: BlockSource,
  geometry: FatGeometry,
  usage: ClusterUsage | null,
  unclean: readonly Finding[],
  signal?: AbortSignal,
): Promise<FilesystemInfo> {
  const { boot, boot32, width, clusterBytes, bytesPerSector } = geometry;
  const rootLabel = isInconsistent(geometry) ? null : await readVolumeLabel(source, geometry, signal);
  const count = (clusters: number): string => `${clusters} of ${geometry.clusterCount} clusters`;
  const details: [string, string][] = [
    ['FAT entries', `${width} bits`],
    ['FATs', String(geometry.fatCount)],
    ['reserved sectors', String(boot.reservedSectors)],
    ['hidden sectors', String(boot.hiddenSectors)],
    ['formatted by', trimText(boot.oemName)],
    ['media descriptor', `0x${boot.media.toString(16)}`],
  ];
  if (boot32 && boot32.extendedFlags & 0x80) details.push(['active FAT', String((boot32.extendedFlags & 0xf) + 1)]);
  if (usage) details.push(['used', count(usage.usedClusters)], ['free', count(usage.freeClusters)]);
  if (usage?.badClusters) details.push(['marked bad, not copied', count(usage.badClusters)]);
  const boots = bootLabel(geometry);
  if (boots !== null && boots !== rootLabel) details.push(['label in the boot sector', boots]);
  return {
    type: 'vfat',
    label: rootLabel ?? boots,
    uuid: volumeId(geometry),
    size: geometry.size,
    used: usage ? geometry.dataOffset + usage.usedClusters * clusterBytes : null,
    blockSize: clusterBytes,
    firstBlock: { number: 2, offset: geometry.dataOffset },
    clean: unclean.length === 0 && !isInconsistent(geometry),
    sectorSize: bytesPerSector === 512 || bytesPerSector === 4096 ? bytesPerSector : null,
    features: [`FAT${width}`],
    details,
  };
}
