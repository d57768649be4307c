import type { ByteRange } from '../protocol/types';

/** The part of a volume that is cut into clusters, which are numbered from 2. */
export interface ClusterHeap {
  /** Where cluster 2 begins, in bytes from the volume's start. */
  readonly dataOffset: number;
  readonly clusterBytes: number;
  readonly clusterCount: number;
}

/** Clusters that follow each other, on the volume and in their file. */
export interface ClusterRun {
  cluster: number;
  count: number;
}

/** Whether `cluster` is one of the volume's. */
export function isCluster({ clusterCount }: ClusterHeap, cluster: number): boolean {
  return cluster >= 2 && cluster < clusterCount + 2;
}

/** Where a run lies, in bytes from the volume's start. */
export function rangeOfClusters({ dataOffset, clusterBytes }: ClusterHeap, { cluster, count }: ClusterRun): ByteRange {
  return { offset: dataOffset + (cluster - 2) * clusterBytes, length: count * clusterBytes };
}
