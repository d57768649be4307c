import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { InodeRecord } from './inodeRecord';

/** Blocks of the volume that hold consecutive blocks of a file, or one block that says where others are. */
export interface MappedRun {
  kind: 'data' | 'map';
  /** The first block of the file that it holds, or that is found through it. */
  logical: number;
  /** The first block of the volume. */
  block: number;
  count: number;
  /** Allocated but never written: reads as zeros. */
  isUnwritten: boolean;
}

/** A block that has to be read to know more of the map. */
export interface MapChild {
  logical: number;
  block: number;
  /** Levels below it; 0 holds runs only. */
  depth: number;
}

/** What one node of a map says, in the order of the file: first its runs, then its children. */
export interface MapNode {
  runs: MappedRun[];
  children: MapChild[];
}

/** Told when a block of a map has a wrong checksum; it is used all the same. */
export type ChecksumListener = (block: number) => void;

/** @throws DamagedStructureError when the blocks are not all inside of the filesystem and behind its first one */
export function checkBlocks(inode: InodeRecord, blocksCount: number, block: number, count: number): void {
  if (block > 0 && count > 0 && block <= blocksCount - count) return;
  throw new DamagedStructureError('ext block map', `inode ${inode.number} leads to block ${block}, outside of the filesystem`);
}
