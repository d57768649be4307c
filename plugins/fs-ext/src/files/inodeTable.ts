import { type BlockSource, readInto } from '@diskwright/sdk/block';
import { DamagedStructureError, MediaError } from '@diskwright/sdk/errors';
import type { NamedRange } from '@diskwright/sdk/protocol';
import type { Geometry } from '../geometry';
import { GroupTable } from '../groupTable';
import type { ReplayedBlocks } from '../journal/replayedBlocks';
import { type ExtVolume, requireGeometry } from '../volume';
import { InodeRecord } from './inodeRecord';

/** Inodes that lie this close are read by one request. */
const WINDOW_BYTES = 262_144;
const GAP_BYTES = 65_536;
const MOST_BYTES = 1024 * 1024;
const CONCURRENT_READS = 4;

/** Reads inodes by their numbers, from 1. */
export class InodeTable {
  readonly geometry: Geometry;
  /** Memory for windows, each of {@link MOST_BYTES}, that nobody uses. */
  private readonly spare: Buffer[] = [];

  constructor(
    readonly source: BlockSource,
    readonly groups: GroupTable,
    /** What of `source` lies in the journal; null where none of it does. */
    readonly replayed: ReplayedBlocks | null = null,
  ) {
    this.geometry = groups.geometry;
  }

  /** @throws DamagedStructureError when the superblock's numbers do not agree or the descriptors cannot be read */
  static async open(volume: ExtVolume, signal: AbortSignal): Promise<InodeTable> {
    const groups = await GroupTable.read(volume.source, requireGeometry(volume), signal);
    return new InodeTable(volume.source, groups, volume.replay?.blocks);
  }

  get inodesCount(): number {
    return this.geometry.inodesPerGroup * this.geometry.groupsCount;
  }

  /**
   * Where the inode table of a group begins, in bytes.
   * @throws DamagedStructureError when it lies outside of the filesystem
   */
  tableOffset(group: number): number {
    const offset = this.tableOffsetIfAny(group);
    if (offset === null)
      throw new DamagedStructureError('ext inode', `the inode table of group ${group} lies outside of the filesystem`);
    return offset;
  }

  /** Null when it lies outside of the filesystem. */
  tableOffsetIfAny(group: number): number | null {
    const { blockSize, blocksCount, inodeTableBlocks } = this.geometry;
    const first = this.groups.inodeTable(group);
    const isInside =
      first !== 0 && first <= blocksCount - inodeTableBlocks && (first + inodeTableBlocks) * blockSize <= this.source.size;
    return isInside ? first * blockSize : null;
  }

  /** @throws DamagedStructureError when there is no such inode or its table lies outside of the filesystem */
  offsetOf(number: number): number {
    const { inodesPerGroup, inodeSize } = this.geometry;
    if (!(number >= 1 && number <= this.inodesCount))
      throw new DamagedStructureError('ext inode', `inode ${number} does not exist`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    return this.tableOffset(group) + ((number - 1) % inodesPerGroup) * inodeSize;
  }

  /** @throws as {@link offsetOf} */
  recordOf(number: number): NamedRange {
    return { offset: this.offsetOf(number), length: this.geometry.inodeSize, name: `inode ${number}` };
  }

  /** @throws as {@link offsetOf}; what `read` throws */
  async read(number: number, signal: AbortSignal): Promise<InodeRecord> {
    return new InodeRecord(number, await this.source.read(this.offsetOf(number), this.geometry.inodeSize, signal));
  }

  /**
   * Many inodes in few requests, in any order. Those that do not exist are left out.
   * @throws what `read` throws
   */
  async readMany(numbers: readonly number[], signal: AbortSignal): Promise<Map<number, InodeRecord>> {
    const found = new Map<number, InodeRecord>();
    await this.visitMany(
      numbers,
      signal,
      ({ number, bytes }) => void found.set(number, new InodeRecord(number, Buffer.from(bytes))),
    );
    return found;
  }

  /**
   * As {@link readMany}, each at its index in `numbers` and as soon as it is read; its bytes are used for others afterwards.
   * @param onUnreadable is told of those in bad sectors, where it is given; otherwise they are errors
   */
  async visitMany(
    numbers: readonly number[],
    signal: AbortSignal,
    visit: (inode: InodeRecord, index: number) => void,
    onUnreadable?: (error: MediaError, index: number) => void,
  ): Promise<void> {
    const { inodeSize } = this.geometry;
    const offsets = this.offsetsOf(numbers);
    const pending = windowsOf(offsets, inodeSize);
    const work = async (): Promise<void> => {
      let memory: Buffer | null = null;
      for (let window = pending.pop(); window; window = pending.pop()) {
        const { start, end, indexes } = window;
        try {
          memory ??= this.spare.pop() ?? Buffer.allocUnsafeSlow(MOST_BYTES);
          const bytes = memory.subarray(0, end - start);
          await readInto(this.source, start, bytes, signal);
          for (const index of indexes) visit(new InodeRecord(numbers[index]!, bytes, offsets[index]! - start, inodeSize), index);
        } catch (error) {
          memory = null;
          if (!onUnreadable || !(error instanceof MediaError)) throw error;
          if (indexes.length === 1) onUnreadable(error, indexes[0]!);
          // Only those that lie in the bad sector are lost.
          else for (const index of indexes) pending.push(windowOf(offsets, inodeSize, index));
        }
      }
      if (memory && this.spare.length < CONCURRENT_READS) this.spare.push(memory);
    };
    await Promise.all(Array.from({ length: CONCURRENT_READS }, work));
  }

  /** NaN for those that do not exist. */
  private offsetsOf(numbers: readonly number[]): Float64Array {
    const { inodesPerGroup, inodeSize } = this.geometry;
    const offsets = new Float64Array(numbers.length);
    let known = -1;
    let start: number | null = null;
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index]!;
      const group = number >= 1 && number <= this.inodesCount ? Math.floor((number - 1) / inodesPerGroup) : -1;
      if (group !== known) {
        known = group;
        start = group < 0 ? null : this.tableOffsetIfAny(group);
      }
      offsets[index] = start === null ? NaN : start + (number - 1 - group * inodesPerGroup) * inodeSize;
    }
    return offsets;
  }
}

/** Bytes that are read at once, and the places in a list of the inodes that are wanted of them. */
interface Window {
  start: number;
  end: number;
  indexes: number[];
}

const windowOf = (offsets: Float64Array, length: number, index: number): Window => ({
  start: offsets[index]!,
  end: offsets[index]! + length,
  indexes: [index],
});

/** What is to be read for inodes at offsets; NaN is left out. */
function windowsOf(offsets: Float64Array, length: number): Window[] {
  const windows = new Map<number, Window>();
  let last = -1;
  let window: Window | undefined;
  for (let index = 0; index < offsets.length; index++) {
    const offset = offsets[index]!;
    if (Number.isNaN(offset)) continue;
    const place = Math.floor(offset / WINDOW_BYTES);
    if (place !== last) {
      last = place;
      window = windows.get(place);
      if (!window) windows.set(place, (window = { start: offset, end: offset, indexes: [] }));
    }
    window!.start = Math.min(window!.start, offset);
    window!.end = Math.max(window!.end, offset + length);
    window!.indexes.push(index);
  }
  return joined([...windows.values()]);
}

/** Windows that nearly touch become one, as long as that is not too large: a request costs more than the bytes between them. */
function joined(windows: Window[]): Window[] {
  windows.sort((one, other) => one.start - other.start);
  const result: Window[] = [];
  for (const window of windows) {
    const last = result.at(-1);
    if (last && window.start - last.end <= GAP_BYTES && window.end - last.start <= MOST_BYTES) {
      last.end = window.end;
      for (const index of window.indexes) last.indexes.push(index);
    } else result.push(window);
  }
  return result;
}
