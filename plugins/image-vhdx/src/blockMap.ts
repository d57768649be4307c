import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, RunList, TableCache } from '@diskwright/sdk/image';
import { damaged, type Region } from './header';
import type { DiskMetadata } from './metadata';

/** Of a block with data. Of a block of sector bits only the first and the last but one occur. */
const State = { notPresent: 0, undefined: 1, zero: 2, unmapped: 3, present: 6, partly: 7 } as const;
const MIB = 1024 * 1024;
const ENTRY_BYTES = 8;
/** The table is read in parts of so many entries. */
const ENTRIES = 8192;
/** Sector bits are read in pages of so many bytes. */
const BITS_BYTES = 4096;
/** So many parts and pages at most are read for one answer. */
const MAX_READS = 128;
/** One block of sector bits is for so many sectors. */
const CHUNK_SECTORS = 2 ** 23;

/**
 * Where each block of the disk is: a table of places in MiB with a state, between them, for every so many blocks, the place of a block of bits that tell
 * which sectors of a differencing disk are its own.
 */
export class BlockMap implements ImageMap {
  readonly size: number;
  private readonly parts: TableCache;
  private readonly bits: TableCache;
  private readonly blocksPerChunk: number;

  /** @throws DamagedStructureError when the table is too small for the disk */
  constructor(
    private readonly file: BlockSource,
    private readonly disk: DiskMetadata,
    private readonly table: Region,
  ) {
    const { size, sectorSize, blockBytes, parent } = disk;
    this.size = size;
    this.blocksPerChunk = (CHUNK_SECTORS * sectorSize) / blockBytes;
    const blocks = Math.ceil(size / blockBytes);
    const chunks = parent ? Math.ceil(blocks / this.blocksPerChunk) : Math.floor(Math.max(0, blocks - 1) / this.blocksPerChunk);
    const entries = parent ? chunks * (this.blocksPerChunk + 1) : blocks + chunks;
    if (table.length < entries * ENTRY_BYTES) throw damaged(`its block table has no room for the ${entries} entries of the disk`);
    this.parts = new TableCache(file, ENTRIES * ENTRY_BYTES, (bytes) => bytes);
    this.bits = new TableCache(file, BITS_BYTES, (bytes) => bytes);
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { blockBytes } = this.disk;
    const list = new RunList();
    const end = offset + length;
    let part: { first: number; bytes: Buffer } = { first: -1, bytes: Buffer.alloc(0) };
    for (let at = offset, reads = 0; at < end && reads < MAX_READS;) {
      const block = Math.floor(at / blockBytes);
      const index = block + Math.floor(block / this.blocksPerChunk);
      const first = index - (index % ENTRIES);
      if (part.first !== first) {
        signal.throwIfAborted();
        part = { first, bytes: await this.part(first) };
        reads++;
      }
      const { state, place } = entryAt(part.bytes, index - first);
      const count = Math.min((block + 1) * blockBytes, end) - at;
      if (state === State.partly) {
        const covered = await this.addSectors(list, block, place, at, count);
        at += covered;
        reads++;
      } else {
        this.addBlock(list, state, place + (at % blockBytes), count);
        at += count;
      }
    }
    return list;
  }

  private addBlock(list: RunList, state: number, offset: number, length: number): void {
    if (state === State.present) list.add({ kind: 'stored', length, source: this.file, offset });
    else if (state === State.notPresent) list.add({ kind: 'parent', length });
    else if (state === State.zero || state === State.undefined || state === State.unmapped) list.add({ kind: 'hole', length });
    else throw damaged(`a block has the state ${state}, which there is not`);
  }

  /** Sector by sector, as far as one page of bits tells, the lowest bit of a byte first. @returns how many bytes */
  private async addSectors(list: RunList, block: number, place: number, at: number, length: number): Promise<number> {
    const { blockBytes, sectorSize, parent } = this.disk;
    if (!parent) throw damaged('a block is there in part, though the disk rests on no other');
    const bits = await this.bitsOf(Math.floor(block / this.blocksPerChunk));
    const sectorAt = (byte: number): number => Math.floor(byte / sectorSize) % CHUNK_SECTORS;
    const firstByte = sectorAt(at) >> 3;
    const page = await this.bits.get(bits + firstByte - (firstByte % BITS_BYTES));
    const pageEnd = (Math.floor(at / (BITS_BYTES * 8 * sectorSize)) + 1) * BITS_BYTES * 8 * sectorSize;
    const end = Math.min(at + length, pageEnd);
    for (let byte = at; byte < end;) {
      const sector = sectorAt(byte);
      const count = Math.min((Math.floor(byte / sectorSize) + 1) * sectorSize, end) - byte;
      const isOwn = ((page[(sector >> 3) % BITS_BYTES]! >> (sector & 7)) & 1) === 1;
      if (isOwn) list.add({ kind: 'stored', length: count, source: this.file, offset: place + (byte % blockBytes) });
      else list.add({ kind: 'parent', length: count });
      byte += count;
    }
    return end - at;
  }

  /** Where a chunk's sector bits begin in the file. */
  private async bitsOf(chunk: number): Promise<number> {
    const index = chunk * (this.blocksPerChunk + 1) + this.blocksPerChunk;
    const first = index - (index % ENTRIES);
    const { state, place } = entryAt(await this.part(first), index - first);
    if (state !== State.present || place > this.file.size - MIB)
      throw damaged('a block is there in part, and the bits of its sectors are not');
    return place;
  }

  private part(first: number): Promise<Buffer> {
    const length = Math.min(ENTRIES * ENTRY_BYTES, this.table.length - first * ENTRY_BYTES);
    return this.parts.get(this.table.offset + first * ENTRY_BYTES, length);
  }
}

/** Three bits of state, and from bit 20 on the place in MiB; taken apart, since this is read for every block. */
function entryAt(bytes: Buffer, index: number): { state: number; place: number } {
  const low = bytes.readUInt32LE(index * ENTRY_BYTES);
  const high = bytes.readUInt32LE(index * ENTRY_BYTES + 4);
  const place = (high * 4096 + (low >>> 20)) * MIB;
  if (place > Number.MAX_SAFE_INTEGER) throw damaged(`a block would begin at byte ${place}`);
  return { state: low & 7, place };
}
