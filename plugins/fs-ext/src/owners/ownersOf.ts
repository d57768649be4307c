import { ownersOf as ownersOfBlocks, type BlockOwners } from '@diskwright/sdk/files';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import type { ExtVolume } from '../volume';
import { freeSpans } from './blockUsage';
import { collectClaims } from './claimsOfInodes';
import { ExtTree } from './extTree';
import { fixedClaims } from './fixedClaims';

/** Whose the bytes are; see the SDK's `ownersOf`. @param ranges ascending and apart */
export function ownersOf(
  volume: ExtVolume,
  table: InodeTable,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Owner, void, undefined> {
  const { blockSize, blocksCount, firstDataBlock, blocksPerGroup } = table.geometry;
  const groupOf = (block: number): number => Math.floor((Math.max(block, firstDataBlock) - firstDataBlock) / blocksPerGroup);
  const blocks: BlockOwners<InodeRecord> = {
    tree: new ExtTree(volume, table),
    blockSize,
    blocksCount,
    volumeSize: volume.source.size,
    freeSpans: (wanted) => freeSpans(table, wanted, signal),
    fixedClaims: (wanted) => fixedClaims(volume, table.groups, wanted, signal),
    collectClaims: (collector, nearBlock) =>
      collectClaims(table, collector, groupOf(nearBlock), volume.superblock.firstInode || 11, signal),
  };
  return ownersOfBlocks(blocks, ranges, signal, maximumClaims);
}
