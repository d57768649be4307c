import type { BlockSource } from '@diskwright/sdk/block';
import type { FatGeometry } from './geometry';
import type { ClusterUsage } from './info';
import { fsInfo } from './structures/fsInfo';

/** Beyond this, counting a FAT takes longer than a first look at a disk may: 16 MiB of FAT32, a volume of 128 GiB with clusters of 32 KiB. */
const MOST_COUNTED_BYTES = 16 * 1024 * 1024;

/**
 * The usage that FSInfo states, for volumes whose FAT is too large to be counted for a first look; null when it is small enough, or FSInfo says
 * nothing believable. For showing only, never for allocation.
 */
export async function quickUsage(source: BlockSource, geometry: FatGeometry, signal?: AbortSignal): Promise<ClusterUsage | null> {
  if (geometry.fatBytes <= MOST_COUNTED_BYTES || geometry.fsInfoOffset === null) return null;
  const bytes = await source.read(geometry.fsInfoOffset, fsInfo.size, signal);
  if (fsInfo.check(bytes, 0, geometry.fsInfoOffset, 'fat.fsInfo').length > 0) return null;
  const { freeClusters } = fsInfo.read(bytes);
  if (freeClusters > geometry.clusterCount) return null;
  return { usedClusters: geometry.clusterCount - freeClusters, freeClusters, badClusters: null };
}
