import { BrokenChainError, chainRuns, type ClusterRun, isCluster } from '@diskwright/sdk/clusters';
import type { Allocation } from './entrySet';
import type { ExfatVolume } from './volume';

/**
 * The clusters of an allocation, in its order, as many as its size takes and no more.
 * @throws BrokenChainError behind the last run that makes sense, also where a chain ends before the size does
 */
export async function* allocationRuns(
  { geometry, table }: ExfatVolume,
  { firstCluster, size, isContiguous }: Allocation,
  signal: AbortSignal,
): AsyncGenerator<ClusterRun, void, undefined> {
  let left = Math.ceil(size / geometry.clusterBytes);
  if (left === 0) return;
  if (isContiguous) {
    if (!isCluster(geometry, firstCluster))
      throw new BrokenChainError('outside', `the content begins at cluster ${firstCluster}, which does not exist`);
    const count = Math.min(left, geometry.clusterCount + 2 - firstCluster);
    yield { cluster: firstCluster, count };
    if (count < left)
      throw new BrokenChainError('outside', `${left} clusters from ${firstCluster} on reach beyond the last cluster`);
    return;
  }
  for await (const { cluster, count } of chainRuns(table, firstCluster, signal)) {
    const taken = Math.min(count, left);
    yield { cluster, count: taken };
    if ((left -= taken) === 0) return;
  }
  throw new BrokenChainError('outside', `the chain from cluster ${firstCluster} on ends ${left} clusters too early`);
}
