import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { mapBlocks } from '../files/blockMap';
import type { InodeTable } from '../files/inodeTable';

/** A journal of a million pieces was made by nobody. */
const MAX_RUNS = 1_000_000;

interface Run {
  /** Of the journal. */
  first: number;
  offset: number;
  count: number;
}

/** The file that holds a journal: where its blocks are on the device. */
export class JournalFile {
  private constructor(
    private readonly source: BlockSource,
    private readonly blockSize: number,
    private readonly runs: readonly Run[],
    /** Blocks from the beginning on, without a hole. */
    readonly blocks: number,
  ) {}

  /** @throws DamagedStructureError when its map makes no sense; what `read` throws */
  static async open(table: InodeTable, inodeNumber: number, signal: AbortSignal): Promise<JournalFile> {
    const { blockSize } = table.geometry;
    const inode = await table.read(inodeNumber, signal);
    const runs: Run[] = [];
    let blocks = 0;
    for await (const { kind, logical, block, count, isUnwritten } of mapBlocks(table, inode, signal)) {
      if ((block + count) * blockSize > table.source.size)
        throw new DamagedStructureError('ext journal', `block ${block} of the journal lies outside of the volume`);
      if (kind === 'map') continue;
      if (logical !== blocks || isUnwritten) break;
      const last = runs.at(-1);
      if (last && last.offset + last.count * blockSize === block * blockSize) last.count += count;
      else runs.push({ first: logical, offset: block * blockSize, count });
      if (runs.length > MAX_RUNS)
        throw new DamagedStructureError('ext journal', `the journal is in more than ${MAX_RUNS} pieces`);
      blocks += count;
    }
    if (blocks === 0) throw new DamagedStructureError('ext inode', `inode ${inodeNumber} has no first block`);
    return new JournalFile(table.source, blockSize, runs, blocks);
  }

  /** What it takes on the volume, in bytes. */
  get ranges(): ByteRange[] {
    return this.runs.map(({ offset, count }) => ({ offset, length: count * this.blockSize }));
  }

  /** Where a block begins on the volume, in bytes. `block` must be below `blocks`. */
  offsetOf(block: number): number {
    const run = this.runOf(block);
    return run.offset + (block - run.first) * this.blockSize;
  }

  /**
   * Reads up to `count` blocks from `block` on, at least one: as many as lie side by side.
   * @throws what `read` throws
   */
  read(block: number, count: number, signal: AbortSignal): Promise<Buffer> {
    const run = this.runOf(block);
    const together = Math.min(count, run.first + run.count - block);
    return this.source.read(this.offsetOf(block), together * this.blockSize, signal);
  }

  private runOf(block: number): Run {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.runs[middle]!.first <= block) low = middle;
      else high = middle - 1;
    }
    return this.runs[low]!;
  }
}
