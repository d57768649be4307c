import type { ClaimCollector } from '@diskwright/sdk/files';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import { extentsInFork, mapFork, type MappedRun } from '../files/forkMap';
import type { Fork, InodeRecord } from '../files/inodeRecord';
import { ForkFormat } from '../structures/inode';
import { scanInodes } from '../groups/inodeScan';
import type { XfsVolume } from '../volume';

const CONCURRENT_MAPS = 8;

/**
 * Collects what inodes claim of the wanted blocks, until all that is expected is claimed or there are no more inodes. Maps that make no sense or cannot be
 * read count as far as they go.
 * @param all go on when everything is claimed, since others may claim it as well
 */
export async function collectClaims(
  volume: XfsVolume,
  collector: ClaimCollector,
  nearGroup: number,
  all: boolean,
  signal: AbortSignal,
): Promise<void> {
  for await (const inodes of scanInodes(volume, nearGroup, signal)) {
    const deep: [InodeRecord, Fork][] = [];
    for (const inode of inodes) {
      for (const fork of forksOf(inode)) {
        if (fork.format === ForkFormat.TREE) deep.push([inode, fork]);
        else if (fork.format === ForkFormat.EXTENTS) claimExtents(volume, inode, fork, collector);
      }
    }
    const work = async (): Promise<void> => {
      for (let next = deep.pop(); next; next = deep.pop()) await claimTree(volume, ...next, collector, signal);
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_MAPS, deep.length) }, work));
    if (!all && collector.isComplete) return;
  }
}

/** What of an inode lies on this volume. */
function forksOf(inode: InodeRecord): Fork[] {
  const { attributeFork } = inode;
  return [...(inode.isRealtime ? [] : [inode.dataFork]), ...(attributeFork ? [attributeFork] : [])];
}

function claimExtents({ geometry }: XfsVolume, inode: InodeRecord, fork: Fork, collector: ClaimCollector): void {
  try {
    for (const run of extentsInFork(geometry, inode, fork)) claim(inode, fork, run, collector);
  } catch (error) {
    if (!(error instanceof DamagedStructureError)) throw error;
  }
}

async function claimTree(
  volume: XfsVolume,
  inode: InodeRecord,
  fork: Fork,
  collector: ClaimCollector,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const run of mapFork(volume, inode, fork, signal)) claim(inode, fork, run, collector);
  } catch (error) {
    if (!(error instanceof DamagedStructureError) && !(error instanceof MediaError)) throw error;
  }
}

function claim({ number }: InodeRecord, fork: Fork, { kind, logical, block, count }: MappedRun, collector: ClaimCollector): void {
  const claimed = fork.kind === 'attributes' ? 'attributes' : kind;
  collector.add({ kind: claimed, inode: number, logical, start: block, end: block + count });
}
