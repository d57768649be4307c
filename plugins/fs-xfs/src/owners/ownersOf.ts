import {
  ownersOf as ownersOfBlocks,
  readOrNull,
  type BlockOwners,
  type BlockSpan,
  type WantedBlocks,
} from '@diskwright/sdk/files';
import type { ByteRange, Owner } from '@diskwright/sdk/protocol';
import type { InodeRecord } from '../files/inodeRecord';
import type { InodeTable } from '../files/inodeTable';
import { readFreeExtents } from '../groups/freeExtents';
import { readFreeSpaceHeader } from '../groups/groupHeaders';
import { groupTrees } from '../groups/groupTrees';
import { walkTree } from '../groups/groupTree';
import { referenceCounts } from '../structures/treeBlock';
import type { XfsVolume } from '../volume';
import { collectClaims } from './claimsOfInodes';
import { fixedClaims, groupsMeeting } from './fixedClaims';
import { XfsTree } from './xfsTree';

/** Runs of free blocks in memory; those of one group come on top. */
const MAX_SPANS = 500_000;

/** Whose the bytes are; see the SDK's `ownersOf`. @param ranges ascending and apart */
export function ownersOf(
  volume: XfsVolume,
  table: InodeTable,
  ranges: readonly ByteRange[],
  signal: AbortSignal,
  maximumClaims?: number,
): AsyncGenerator<Owner, void, undefined> {
  const { blockSize, groupBlocks } = volume.geometry;
  const blocks: BlockOwners<InodeRecord> = {
    tree: new XfsTree(volume, table),
    blockSize,
    blocksCount: volume.readableBlocks,
    volumeSize: volume.source.size,
    freeSpans: (wanted) => freeSpans(volume, wanted, signal),
    fixedClaims: (wanted) => fixedClaims(volume, wanted, signal),
    // Of blocks that several files share, all are told: the scan goes on behind the first.
    collectClaims: async (collector, nearBlock) =>
      collectClaims(
        volume,
        collector,
        Math.floor(nearBlock / groupBlocks),
        await isShared(volume, collector.wanted, signal),
        signal,
      ),
  };
  return ownersOfBlocks(blocks, ranges, signal, maximumClaims);
}

/** Which of the wanted blocks the trees of free extents list; a group whose tree is damaged has nothing free. */
async function freeSpans(
  volume: XfsVolume,
  wanted: WantedBlocks,
  signal: AbortSignal,
): Promise<{ free: BlockSpan[]; end: number }> {
  const free: BlockSpan[] = [];
  for (const group of groupsMeeting(volume, wanted)) {
    signal.throwIfAborted();
    const first = group * volume.geometry.groupBlocks;
    if (free.length >= MAX_SPANS) return { free, end: first };
    const extents = await readOrNull(async () =>
      readFreeExtents(volume, await readFreeSpaceHeader(volume, group, signal), signal),
    );
    for (let index = 0; extents && index < extents.length; index += 2) {
      const start = first + extents[index]!;
      const length = extents[index + 1]!;
      if (wanted.meets(start, length)) free.push({ start, end: start + length });
    }
  }
  return { free, end: wanted.end };
}

/** Whether any of the wanted blocks belongs to more than one file. */
async function isShared(volume: XfsVolume, wanted: WantedBlocks, signal: AbortSignal): Promise<boolean> {
  const { geometry } = volume;
  for (const group of geometry.hasReflinks ? groupsMeeting(volume, wanted) : []) {
    const trees = await readOrNull(() => groupTrees(volume, group, signal));
    const tree = trees?.find(({ kind }) => kind === referenceCounts);
    const found = await readOrNull(async () => {
      if (!tree) return true;
      for await (const { level, bytes, headBytes, count } of walkTree(volume, tree.kind, tree.root, signal)) {
        for (let index = 0; level === 0 && index < count; index++) {
          const at = headBytes + index * tree.kind.recordBytes;
          const start = group * geometry.groupBlocks + bytes.readUInt32BE(at);
          if (bytes.readUInt32BE(at + 8) > 1 && wanted.meets(start, bytes.readUInt32BE(at + 4))) return true;
        }
      }
      return false;
    });
    // What cannot be read may say so.
    if (found !== false) return true;
  }
  return false;
}
