import { promisify } from 'node:util';
import { inflate as inflateCallback } from 'node:zlib';
import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, MadeBlocks, RunList, TableCache } from '@diskwright/sdk/image';
import { damaged, SECTOR_BYTES, type SparseHeader } from './sparseHeader';
import { marker } from './structures';

const inflate = promisify(inflateCallback);
const NOT_STORED = 0;
const ZEROS = 1;
/** So many tables at most are read for one answer. */
const MAX_TABLES = 256;
/** Deflate makes what it cannot make smaller a little larger. */
const MAX_GROWTH = 1.01;
const MIN_GROWTH_BYTES = 1024;

/** The grains of one sparse file: a directory of tables of the sectors at which they begin. */
export class SparseExtent implements ImageMap {
  readonly size: number;
  private readonly tables: TableCache;
  private readonly kept: MadeBlocks;

  private constructor(
    private readonly file: BlockSource,
    readonly header: SparseHeader,
    /** Where the tables stand, bytes; 0: not stored. */
    private readonly directory: Float64Array,
    /** Entries that only the second directory has whole. */
    readonly entriesRepaired: number,
  ) {
    this.size = header.size;
    this.tables = new TableCache(file, header.entriesPerTable * 4, (bytes) => bytes);
    this.kept = new MadeBlocks(header.grainBytes);
  }

  /** @throws DamagedStructureError */
  static async open(file: BlockSource, header: SparseHeader, signal: AbortSignal): Promise<SparseExtent> {
    const bytes = header.directoryEntries * 4;
    const copies = await Promise.all(header.directories.map((offset) => file.read(offset, bytes, signal)));
    const limit = file.size - header.entriesPerTable * 4;
    const directory = new Float64Array(header.directoryEntries);
    let repaired = 0;
    for (let index = 0; index < directory.length; index++) {
      const places = copies.map((copy) => copy.readUInt32LE(index * 4) * SECTOR_BYTES);
      const whole = places.find((place) => place <= limit);
      if (whole !== places[0] && whole !== undefined) repaired++;
      // What no directory has whole fails when it is read, and the rest can be read on.
      directory[index] = whole ?? places[0]!;
    }
    return new SparseExtent(file, header, directory, repaired);
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { grainBytes, entriesPerTable } = this.header;
    const span = grainBytes * entriesPerTable;
    const list = new RunList();
    const end = offset + length;
    for (let at = offset, tables = 0; at < end && tables < MAX_TABLES;) {
      const index = Math.floor(at / span);
      const tableEnd = Math.min(end, (index + 1) * span);
      const place = this.directory[index]!;
      if (place === NOT_STORED) {
        list.add({ kind: 'parent', length: tableEnd - at });
        at = tableEnd;
        continue;
      }
      tables++;
      signal.throwIfAborted();
      const table = await this.table(place);
      for (; at < tableEnd;) {
        const count = Math.min((Math.floor(at / grainBytes) + 1) * grainBytes, tableEnd) - at;
        this.addGrain(list, table.readUInt32LE((Math.floor(at / grainBytes) % entriesPerTable) * 4), at, count);
        at += count;
      }
    }
    return list;
  }

  private addGrain(list: RunList, sector: number, at: number, length: number): void {
    const { grainBytes, compressed, zeroGrains } = this.header;
    const within = at % grainBytes;
    const place = sector * SECTOR_BYTES;
    if (sector === NOT_STORED) list.add({ kind: 'parent', length });
    else if (sector === ZEROS && zeroGrains) list.add({ kind: 'hole', length });
    else if (!compressed) list.add({ kind: 'stored', length, source: this.file, offset: place + within, lastIsShort: true });
    else {
      const grain = (signal: AbortSignal) => this.kept.get(place, () => this.decompressed(place, at - within, signal));
      list.add({
        kind: 'made',
        length,
        read: async (start, count, signal) => (await grain(signal)).subarray(within + start, within + start + count),
      });
    }
  }

  private async table(place: number): Promise<Buffer> {
    if (place > this.file.size - this.header.entriesPerTable * 4)
      throw damaged(`a grain table would begin at byte ${place}, outside of the file`);
    return this.tables.get(place);
  }

  /** @param at the disk's byte that the grain begins with */
  private async decompressed(place: number, at: number, signal: AbortSignal): Promise<Buffer> {
    const { grainBytes, marked } = this.header;
    const most = Math.max(Math.ceil(grainBytes * MAX_GROWTH), grainBytes + MIN_GROWTH_BYTES);
    if (place > this.file.size - SECTOR_BYTES) throw damaged(`a grain would begin at byte ${place}, outside of the file`);
    const head = marked ? marker.size : 0;
    const stored = await this.file.read(place, Math.min(head + most, this.file.size - place), signal);
    let data = stored;
    if (marked) {
      const { sector, size } = marker.read(stored);
      if (sector !== BigInt(at / SECTOR_BYTES))
        throw damaged(`at byte ${place} there is another grain than that of sector ${at / SECTOR_BYTES}`);
      if (size > stored.length - head) throw damaged(`the grain at byte ${place} would have ${size} bytes`);
      data = stored.subarray(head, head + size);
    }
    const grain = await inflate(data, { maxOutputLength: grainBytes }).catch((error: Error) => {
      throw damaged(`the compressed grain at byte ${place}: ${error.message}`);
    });
    // The last one of a disk need not be whole.
    const wanted = Math.min(grainBytes, this.size - at);
    if (grain.length < wanted) throw damaged(`the grain at byte ${place} has ${grain.length} bytes instead of ${wanted}`);
    return grain;
  }
}
