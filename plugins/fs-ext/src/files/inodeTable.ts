import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { Geometry } from '../geometry';
import type { GroupTable } from '../groupTable';
import { InodeRecord } from './inodeRecord';

/** Inodes that lie this close are read by one request. */
const WINDOW_BYTES = 65536;
const CONCURRENT_READS = 8;

/** Reads inodes by their numbers, from 1. */
export class InodeTable {
  readonly geometry: Geometry;

  constructor(
    readonly source: BlockSource,
    readonly groups: GroupTable,
  ) {
    this.geometry = groups.geometry;
  }

  get inodesCount(): number {
    return this.geometry.inodesPerGroup * this.geometry.groupsCount;
  }

  /**
   * Where the inode table of a group begins, in bytes.
   * @throws DamagedStructureError when it lies outside of the filesystem
   */
  tableOffset(group: number): number {
    const { blockSize, blocksCount, inodeTableBlocks } = this.geometry;
    const first = this.groups.inodeTable(group);
    if (first === 0 || first > blocksCount - inodeTableBlocks || (first + inodeTableBlocks) * blockSize > this.source.size)
      throw new DamagedStructureError('ext inode', `the inode table of group ${group} lies outside of the filesystem`);
    return first * blockSize;
  }

  /** @throws DamagedStructureError when there is no such inode or its table lies outside of the filesystem */
  offsetOf(number: number): number {
    const { inodesPerGroup, inodeSize } = this.geometry;
    if (!(number >= 1 && number <= this.inodesCount))
      throw new DamagedStructureError('ext inode', `inode ${number} does not exist`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    return this.tableOffset(group) + ((number - 1) % inodesPerGroup) * inodeSize;
  }

  /** @throws as {@link offsetOf}; what `read` throws */
  async read(number: number, signal: AbortSignal): Promise<InodeRecord> {
    return new InodeRecord(number, await this.source.read(this.offsetOf(number), this.geometry.inodeSize, signal));
  }

  /**
   * Many inodes in few requests, in any order. Those that do not exist are left out.
   * @throws what `read` throws
   */
  async readMany(numbers: Iterable<number>, signal: AbortSignal): Promise<Map<number, InodeRecord>> {
    const { inodeSize } = this.geometry;
    const windows = new Map<number, { number: number; offset: number }[]>();
    for (const number of new Set(numbers)) {
      const offset = this.offsetIfAny(number);
      if (offset === null) continue;
      const window = Math.floor(offset / WINDOW_BYTES);
      const place = { number, offset };
      const known = windows.get(window);
      if (known) known.push(place);
      else windows.set(window, [place]);
    }
    const found = new Map<number, InodeRecord>();
    const pending = [...windows.values()];
    const work = async (): Promise<void> => {
      for (let places = pending.pop(); places; places = pending.pop()) {
        const offsets = places.map(({ offset }) => offset);
        const start = offsets.reduce((least, offset) => Math.min(least, offset), Infinity);
        const end = offsets.reduce((most, offset) => Math.max(most, offset), 0) + inodeSize;
        const bytes = await this.source.read(start, end - start, signal);
        for (const { number, offset } of places)
          found.set(number, new InodeRecord(number, bytes.subarray(offset - start, offset - start + inodeSize)));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_READS }, work));
    return found;
  }

  private offsetIfAny(number: number): number | null {
    try {
      return this.offsetOf(number);
    } catch (error) {
      if (error instanceof DamagedStructureError) return null;
      throw error;
    }
  }
}
