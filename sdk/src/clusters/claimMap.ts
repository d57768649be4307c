import type { ClusterHeap, ClusterRun } from './clusterHeap';

/** Remembers which clusters some file has: a bit each, 32 MiB for the largest FAT32. */
export class ClaimMap {
  private readonly bits: Uint8Array;

  constructor({ clusterCount }: ClusterHeap) {
    this.bits = new Uint8Array(Math.ceil((clusterCount + 2) / 8));
  }

  has(cluster: number): boolean {
    return (this.bits[cluster >>> 3]! & (1 << (cluster & 7))) !== 0;
  }

  /** Claims the clusters of a run. @returns the first that was claimed before, at which it stops; null when all were free */
  claim({ cluster, count }: ClusterRun): number | null {
    for (let next = cluster; next < cluster + count; next++) {
      if (this.has(next)) return next;
      this.bits[next >>> 3]! |= 1 << (next & 7);
    }
    return null;
  }

  /** The parts of a run that nobody claimed. */
  *unclaimed({ cluster, count }: ClusterRun): Generator<ClusterRun, void, undefined> {
    for (let next = cluster; next < cluster + count; next++) {
      const start = next;
      while (next < cluster + count && !this.has(next)) next++;
      if (next > start) yield { cluster: start, count: next - start };
    }
  }
}
