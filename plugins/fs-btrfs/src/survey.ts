import { ProblemList } from '@diskwright/sdk';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { ExtentList, union } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { Chunk, ChunkMap } from './chunks/chunkMap';
import { blockGroupOf, separateBlockGroups, type BlockGroup } from './extents/blockGroups';
import { allExtentItems, extentAt } from './extents/extentItems';
import { UsedRanges } from './extents/usedRanges';
import { RESERVED_BYTES, SUPERBLOCK_BYTES } from './structures/superblock';
import { findSuperblockProblems } from './superblockProblems';
import { ItemType, ObjectId } from './trees/key';
import { isMissing, type Missing } from './trees/orNull';
import type { TreeBlocks } from './trees/treeBlocks';
import type { BtrfsVolume } from './volume';

const todo = 'Run btrfs check --readonly on the unmounted filesystem to see what is wrong.';

/** What was found about a filesystem, and unless something hides it, all that is used. */
export interface Survey {
  problems: ProblemList;
  /** Null when it cannot be told what is used. */
  used: ExtentList | null;
}

/**
 * Finds out what a filesystem uses and whether that can be relied on: all that the tree of extents lists, with all copies, the superblocks and the first
 * mebibyte, which belongs to boot loaders. Where that tree is not whole, all that is in chunks counts as used.
 * @param complete go on after the first doubt, to find everything that is wrong
 * @throws what `read` throws
 */
export async function survey(volume: BtrfsVolume, complete: boolean, signal: AbortSignal): Promise<Survey> {
  const problems = new ProblemList();
  findSuperblockProblems(volume, problems);
  if (volume.size > volume.source.size || (problems.hidesAllocation && !complete)) return { problems, used: null };
  const inChunks = await usedInChunks(volume, problems, signal);
  if (!inChunks || problems.hidesAllocation) return { problems, used: null };
  return { problems, used: union(inChunks, ExtentList.fromRanges(fixedRanges(volume))) };
}

/** What is used without being in a chunk: the first mebibyte, and the superblocks. */
function fixedRanges({ source, copies }: BtrfsVolume): ByteRange[] {
  return [
    { offset: 0, length: Math.min(RESERVED_BYTES, source.size) },
    ...copies.slice(1).map(({ offset }) => ({ offset, length: SUPERBLOCK_BYTES })),
  ];
}

async function usedInChunks(volume: BtrfsVolume, problems: ProblemList, signal: AbortSignal): Promise<ExtentList | null> {
  let blocks: TreeBlocks;
  try {
    ({ blocks } = await volume.open(signal));
  } catch (error) {
    if (!isMissing(error)) throw error;
    addDamage(problems, error, 'btrfs.chunks', 'unknown', 'Where things lie cannot be told');
    return null;
  }
  const { chunks } = blocks;
  if (!areChunksInside(volume, chunks, problems)) return null;
  try {
    return await usedByExtents(volume, blocks, problems, signal);
  } catch (error) {
    if (!isMissing(error)) throw error;
    addDamage(
      problems,
      error,
      'btrfs.extents',
      'conservative',
      'What is used of the chunks cannot be told, so that all of them count as used',
    );
  }
  const all = new UsedRanges(chunks);
  for (const chunk of chunks.chunks) all.addWhole(chunk);
  return all.build();
}

function addDamage(
  problems: ProblemList,
  { message, detail }: Missing,
  code: string,
  effect: 'conservative' | 'unknown',
  what: string,
): void {
  problems.add({
    severity: 'error',
    code,
    effect,
    message: `${what}: ${message}.`,
    ranges: detail.offset === undefined ? [] : [{ offset: detail.offset, length: detail.length ?? 1 }],
    todo,
  });
}

function areChunksInside({ source }: BtrfsVolume, chunks: ChunkMap, problems: ProblemList): boolean {
  const places = chunks.chunks.flatMap((chunk) => chunks.copiesOn(chunk).map((offset) => ({ offset, length: chunk.length })));
  const outside = places.filter(({ offset, length }) => offset > source.size - length);
  const covered = ExtentList.fromRanges(places).covered;
  const doOverlap = covered < places.reduce((sum, { length }) => sum + length, 0);
  if (outside.length === 0 && !doOverlap) return true;
  problems.add({
    severity: 'error',
    code: 'btrfs.chunks',
    effect: 'unknown',
    message: doOverlap ? 'Chunks lie one over the other.' : `${outside.length} chunks reach beyond the end of the volume.`,
    todo,
  });
  return false;
}

/** @throws DamagedStructureError, MediaError, NotSupportedError when the tree of extents is not whole */
async function usedByExtents(
  volume: BtrfsVolume,
  blocks: TreeBlocks,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<ExtentList> {
  const tree = await volume.tree(ObjectId.EXTENT_TREE, 'tree of extents', signal);
  const used = new UsedRanges(blocks.chunks);
  const counted = new Map<Chunk, number>();
  const groups: BlockGroup[] = (await separateBlockGroups(volume, signal)) ?? [];
  for await (const { leaf, first, end } of allExtentItems(blocks, tree, signal)) {
    for (let index = first; index < end; index++) {
      const extent = extentAt(leaf, index, volume.nodeSize);
      if (extent) {
        const chunk = used.add(extent.logical, extent.length);
        if (!chunk)
          throw new DamagedStructureError('btrfs extent', `the extent at logical address ${extent.logical} lies in no chunk`);
        counted.set(chunk, (counted.get(chunk) ?? 0) + extent.length);
      } else if (leaf.typeAt(index) === ItemType.BLOCK_GROUP) {
        const { objectId, offset } = leaf.keyAt(index);
        groups.push(blockGroupOf(objectId, offset, leaf.itemAt(index)));
      }
    }
  }
  distrustMiscounted(blocks.chunks, groups, counted, used, problems);
  if (used.joinedGap > 0)
    problems.add({
      severity: 'info',
      code: 'btrfs.extents.many',
      effect: 'conservative',
      message: `There are so many extents that gaps of up to ${used.joinedGap} bytes count as used.`,
    });
  return used.build();
}

/** A block group that counts something else than its extents say, or has none, is taken as used altogether. */
function distrustMiscounted(
  chunks: ChunkMap,
  groups: readonly BlockGroup[],
  counted: ReadonlyMap<Chunk, number>,
  used: UsedRanges,
  problems: ProblemList,
): void {
  const byLogical = new Map(groups.map((group) => [group.logical, group]));
  for (const chunk of chunks.chunks) {
    const group = byLogical.get(chunk.logical);
    const sum = counted.get(chunk) ?? 0;
    if (group && group.length === chunk.length && group.used === sum) continue;
    used.addWhole(chunk);
    const says = group ? `says that ${group.used} bytes of ${group.length} are used` : 'is missing';
    problems.add({
      severity: 'error',
      code: 'btrfs.blockGroup',
      effect: 'conservative',
      message: `The block group at logical address ${chunk.logical} ${says}, its extents have ${sum}; all of it counts as used.`,
      todo,
    });
  }
}
