import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, RunList, TableCache } from '@diskwright/sdk/image';
import { damaged, type VhdBlocks } from './header';

const SECTOR_BYTES = 512;
const NOT_STORED = 0xffff_ffff;
/** The table is read in parts of so many entries. */
const ENTRIES = 16384;
/** So many parts and bitmaps at most are read for one answer. */
const MAX_READS = 256;

/**
 * Where each block of a dynamic or differencing disk is: a table of the sectors at which they begin, each with a bitmap of its sectors before it. A
 * sector whose bit is not set is the parent's; without a parent all of a stored block counts, as QEMU has it.
 */
export class BlockMap implements ImageMap {
  private readonly parts: TableCache;
  private readonly bitmaps: TableCache;
  private readonly bitmapBytes: number;

  constructor(
    private readonly file: BlockSource,
    readonly size: number,
    private readonly blocks: VhdBlocks,
    private readonly differencing: boolean,
  ) {
    const sectors = blocks.blockBytes / SECTOR_BYTES;
    this.bitmapBytes = Math.ceil(sectors / 8 / SECTOR_BYTES) * SECTOR_BYTES;
    this.parts = new TableCache(file, ENTRIES * 4, (bytes) => bytes);
    this.bitmaps = new TableCache(file, this.bitmapBytes, (bytes) => bytes);
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { blockBytes } = this.blocks;
    const list = new RunList();
    const end = offset + length;
    let reads = 0;
    for (let at = offset; at < end && reads < MAX_READS; reads++) {
      signal.throwIfAborted();
      const first = Math.floor(at / blockBytes / ENTRIES) * ENTRIES;
      const part = await this.part(first);
      const partEnd = Math.min(end, (first + ENTRIES) * blockBytes);
      while (at < partEnd && reads < MAX_READS) {
        const block = Math.floor(at / blockBytes);
        const count = Math.min((block + 1) * blockBytes, partEnd) - at;
        const sector = part.readUInt32BE((block - first) * 4);
        if (sector === NOT_STORED) {
          list.add({ kind: 'parent', length: count });
        } else if (this.differencing) {
          reads++;
          await this.addSectors(list, sector * SECTOR_BYTES, at % blockBytes, count);
        } else {
          this.addStored(list, sector * SECTOR_BYTES, at % blockBytes, count);
        }
        at += count;
      }
    }
    return list;
  }

  private addStored(list: RunList, place: number, within: number, length: number): void {
    list.add({ kind: 'stored', length, source: this.file, offset: place + this.bitmapBytes + within });
  }

  /** Sector by sector, the highest bit of a byte first. */
  private async addSectors(list: RunList, place: number, within: number, length: number): Promise<void> {
    if (place > this.file.size - this.bitmapBytes) throw damaged(`a block would begin at byte ${place}, outside of the file`);
    const bitmap = await this.bitmaps.get(place);
    for (let at = within; at < within + length;) {
      const sector = Math.floor(at / SECTOR_BYTES);
      const count = Math.min((sector + 1) * SECTOR_BYTES, within + length) - at;
      const isOwn = ((bitmap[sector >> 3]! >> (7 - (sector & 7))) & 1) === 1;
      if (isOwn) this.addStored(list, place, at, count);
      else list.add({ kind: 'parent', length: count });
      at += count;
    }
  }

  private part(first: number): Promise<Buffer> {
    const { tableOffset, entries } = this.blocks;
    return this.parts.get(tableOffset + first * 4, Math.min(ENTRIES, entries - first) * 4);
  }
}
