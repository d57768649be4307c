import { DamagedStructureError } from '@diskwright/sdk/errors';
import { readSalvaged } from '@diskwright/sdk/files';
import { inodeOffset } from '../geometry';
import type { XfsVolume } from '../volume';
import { InodeRecord } from './inodeRecord';

/** Inodes that lie this close are read by one request. */
const WINDOW_BYTES = 65536;
const CONCURRENT_READS = 8;

/** Reads inodes by their numbers, which say where they lie. */
export class InodeTable {
  constructor(readonly volume: XfsVolume) {}

  /** @throws DamagedStructureError when there can be no such inode */
  offsetOf(number: number): number {
    const offset = this.offsetIfAny(number);
    if (offset === null) throw new DamagedStructureError('XFS inode', `inode ${number} does not exist`);
    return offset;
  }

  /** @throws DamagedStructureError when there is no such inode; what `read` throws */
  async read(number: number, signal: AbortSignal): Promise<InodeRecord> {
    const { inodeSize } = this.volume.geometry;
    const offset = this.offsetOf(number);
    const record = new InodeRecord(number, await this.volume.source.read(offset, inodeSize, signal));
    if (!record.isInode)
      throw new DamagedStructureError('XFS inode', `there is no inode ${number}`, { offset, length: inodeSize });
    return record;
  }

  /**
   * Many inodes in few requests, in any order. Those that do not exist or cannot be read are left out.
   * @throws what `read` throws
   */
  async readMany(numbers: Iterable<number>, signal: AbortSignal): Promise<Map<number, InodeRecord>> {
    const { source, geometry } = this.volume;
    const windows = new Map<number, number[]>();
    for (const number of numbers) {
      const offset = this.offsetIfAny(number);
      if (offset === null) continue;
      const window = Math.floor(offset / WINDOW_BYTES);
      const known = windows.get(window);
      if (known) known.push(number, offset);
      else windows.set(window, [number, offset]);
    }
    const found = new Map<number, InodeRecord>();
    const pending = [...windows.values()];
    const work = async (): Promise<void> => {
      for (let places = pending.pop(); places; places = pending.pop()) {
        let start = Infinity;
        let end = 0;
        for (let index = 1; index < places.length; index += 2) {
          start = Math.min(start, places[index]!);
          end = Math.max(end, places[index]! + geometry.inodeSize);
        }
        const bytes = await readSalvaged(source, start, end - start, signal);
        for (let index = 0; index < places.length; index += 2) {
          const at = places[index + 1]! - start;
          const record = new InodeRecord(places[index]!, bytes.subarray(at, at + geometry.inodeSize));
          if (record.isInode) found.set(record.number, record);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_READS, pending.length) }, work));
    return found;
  }

  private offsetIfAny(number: number): number | null {
    const { source, geometry } = this.volume;
    const offset = inodeOffset(geometry, number);
    return offset === null || offset > source.size - geometry.inodeSize ? null : offset;
  }
}
