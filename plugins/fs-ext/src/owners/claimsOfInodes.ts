import { MediaError, DamagedStructureError } from '@diskwright/sdk/errors';
import { mapBelow, mapRoot } from '../files/blockMap';
import type { MappedRun } from '../files/mapNode';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import type { Claim, ClaimCollector } from '@diskwright/sdk/files';
import { scanInodes } from './inodeScan';

const CONCURRENT_MAPS = 8;

/**
 * Collects what inodes claim of the wanted blocks, until all that is expected is claimed or there are no more inodes. Maps that make no sense or cannot be
 * read count as far as they go.
 */
export async function collectClaims(
  table: InodeTable,
  collector: ClaimCollector,
  nearGroup: number,
  firstInode: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const inodes of scanInodes(table, nearGroup, firstInode, signal)) {
    const deep: InodeRecord[] = [];
    for (const inode of inodes) if (claimRoot(table, inode, collector)) deep.push(inode);
    const work = async (): Promise<void> => {
      for (let inode = deep.pop(); inode; inode = deep.pop()) await claimBelow(table, inode, collector, signal);
    };
    await Promise.all(Array.from({ length: CONCURRENT_MAPS }, work));
    if (collector.isComplete) return;
  }
}

/** What the inode itself says; true when its map goes on in blocks of its own. */
function claimRoot(table: InodeTable, inode: InodeRecord, collector: ClaimCollector): boolean {
  const { attributeBlock } = inode;
  if (attributeBlock > 0 && attributeBlock < table.geometry.blocksCount)
    claim(table, inode, { kind: 'attributes', block: attributeBlock, logical: 0, count: 1 }, collector);
  try {
    const { runs, children } = mapRoot(table, inode);
    for (const run of runs) claim(table, inode, run, collector);
    return children.length > 0;
  } catch (error) {
    if (error instanceof DamagedStructureError) return false;
    throw error;
  }
}

async function claimBelow(table: InodeTable, inode: InodeRecord, collector: ClaimCollector, signal: AbortSignal): Promise<void> {
  // One after the other: what is wrong below one child hides nothing of the next.
  for (const child of mapRoot(table, inode).children) {
    try {
      for await (const run of mapBelow(table, inode, [child], signal)) claim(table, inode, run, collector);
    } catch (error) {
      if (!(error instanceof DamagedStructureError) && !(error instanceof MediaError)) throw error;
    }
  }
}

type Claimed = Pick<MappedRun, 'block' | 'count' | 'logical'> & { kind: Claim['kind'] };

/** A cluster is in use as a whole as soon as one of its blocks is. */
function claim({ geometry }: InodeTable, { number }: InodeRecord, run: Claimed, collector: ClaimCollector): void {
  const { blocksPerCluster, blocksCount } = geometry;
  const start = run.block;
  const end = start + run.count;
  collector.add({ kind: run.kind, inode: number, logical: run.logical, start, end });
  if (blocksPerCluster === 1) return;
  const first = start - (start % blocksPerCluster);
  const last = Math.min(Math.ceil(end / blocksPerCluster) * blocksPerCluster, blocksCount);
  if (first < start) collector.add({ kind: 'rest', inode: number, logical: 0, start: first, end: start });
  if (last > end) collector.add({ kind: 'rest', inode: number, logical: 0, start: end, end: last });
}
