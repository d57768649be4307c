/** What filesystems that keep files as chains of clusters (FAT, exFAT) have in common: following chains, and whose a cluster is. */
export { BrokenChainError, type ChainFault, chainRuns } from './chainRuns';
export { ClaimMap } from './claimMap';
export { type ClusterHeap, type ClusterRun, isCluster, rangeOfClusters } from './clusterHeap';
export { type ClusterClaim, clusterOwners, type ClusterUsers } from './clusterOwners';
export { type DirectoryEntryKinds, editableEntry, type EntryLayout, entryStructures } from './entryStructures';
export { joinedGaps } from './joinedGaps';
export { LinkTable, type LinkTableLayout } from './linkTable';
