import type { ByteRange } from '@diskwright/sdk/protocol';
import { Incompatible } from './features';
import type { Geometry } from './geometry';
import type { GroupTable } from './groupTable';
import { groupBlocks, groupFirstBlock, groupHead, type BlockRun } from './superblockPlaces';

/** One of a group's own structures, wherever it lies. */
export interface GroupStructure extends BlockRun {
  group: number;
  name: 'block bitmap' | 'inode bitmap' | 'inode table';
}

/** The bitmaps and the inode table of a group, as its descriptor says. */
export function groupStructures(table: GroupTable, group: number): [GroupStructure, GroupStructure, GroupStructure] {
  return [
    { group, name: 'block bitmap', firstBlock: table.blockBitmap(group), blocks: 1 },
    { group, name: 'inode bitmap', firstBlock: table.inodeBitmap(group), blocks: 1 },
    { group, name: 'inode table', firstBlock: table.inodeTable(group), blocks: table.geometry.inodeTableBlocks },
  ];
}

/** Whether a structure lies where it may (`ext2fs_check_desc`): inside the filesystem, and without flex_bg inside its own group. */
export function isInPlace(geometry: Geometry, structure: GroupStructure): boolean {
  const usesFlexibleGroups = (geometry.features.incompatible & Incompatible.FLEX_BG) !== 0;
  const lowest = usesFlexibleGroups ? geometry.firstDataBlock : groupFirstBlock(geometry, structure.group);
  const end = usesFlexibleGroups ? geometry.blocksCount : lowest + groupBlocks(geometry, structure.group);
  return structure.firstBlock >= lowest && structure.firstBlock <= end - structure.blocks;
}

/** Joins runs that follow each other within one kind of structure: under flex_bg that leaves one of sixteen. */
class RunCollector {
  readonly runs: BlockRun[] = [];
  private last: BlockRun | undefined;

  add(run: BlockRun): void {
    if (run.blocks === 0) return;
    if (this.last && this.last.firstBlock + this.last.blocks === run.firstBlock) {
      this.last.blocks += run.blocks;
      return;
    }
    this.last = { firstBlock: run.firstBlock, blocks: run.blocks };
    this.runs.push(this.last);
  }
}

/**
 * All that the filesystem keeps for itself by its geometry and descriptors, ascending: superblocks, descriptors and their reserve, bitmaps, inode
 * tables. Each structure must be in place.
 */
export function fixedMetadata(table: GroupTable): BlockRun[] {
  const { geometry } = table;
  const collectors = Array.from({ length: 4 }, () => new RunCollector());
  for (let group = 0; group < geometry.groupsCount; group++) {
    const runs = [groupHead(geometry, group), ...groupStructures(table, group)];
    runs.forEach((run, kind) => collectors[kind]!.add(run));
  }
  return collectors.flatMap((collector) => collector.runs).sort((a, b) => a.firstBlock - b.firstBlock);
}

/** The first block that two of the runs claim; undefined when they keep apart. `runs` must be ascending. */
export function firstOverlap(runs: readonly BlockRun[]): number | undefined {
  for (let index = 1; index < runs.length; index++) {
    const before = runs[index - 1]!;
    if (runs[index]!.firstBlock < before.firstBlock + before.blocks) return runs[index]!.firstBlock;
  }
  return undefined;
}

/** A run of blocks in bytes, widened to whole clusters, since a cluster is used as soon as one of its blocks is; cut at the filesystem's end. */
export function clusterRange({ blocksPerCluster, blockSize, blocksCount }: Geometry, run: BlockRun): ByteRange {
  const first = run.firstBlock - (run.firstBlock % blocksPerCluster);
  const end = Math.min(Math.ceil((run.firstBlock + run.blocks) / blocksPerCluster) * blocksPerCluster, blocksCount);
  return { offset: first * blockSize, length: Math.max(0, end - first) * blockSize };
}
