import { ExtentList } from '../../extents/index';
import type { ByteRange } from '../../protocol/types';

/** Blocks `[start, end)`. */
export interface BlockSpan {
  start: number;
  end: number;
}

/** The blocks whose owners are looked for. */
export class WantedBlocks {
  private constructor(
    /** In blocks, ascending. */
    private readonly list: ExtentList,
  ) {}

  /** The blocks that hold the ranges, as far as the filesystem has them. */
  static of(ranges: readonly ByteRange[], blockSize: number, blocksCount: number): WantedBlocks {
    const blocks = ranges.flatMap(({ offset, length }) => {
      const first = Math.floor(offset / blockSize);
      const end = Math.min(Math.ceil((offset + length) / blockSize), blocksCount);
      return end > first ? [{ offset: first, length: end - first }] : [];
    });
    return new WantedBlocks(ExtentList.fromRanges(blocks));
  }

  /** Those from `start` on, and before `end`. */
  within({ start, end }: BlockSpan): WantedBlocks {
    return new WantedBlocks(ExtentList.fromRanges(this.list.within({ offset: start, length: end - start })));
  }

  static ofSpans(spans: Iterable<BlockSpan>): WantedBlocks {
    return new WantedBlocks(ExtentList.fromRanges([...spans].map(({ start, end }) => ({ offset: start, length: end - start }))));
  }

  get isEmpty(): boolean {
    return this.list.count === 0;
  }
  get count(): number {
    return this.list.covered;
  }
  get start(): number {
    return this.isEmpty ? 0 : this.list.offsetAt(0);
  }
  get end(): number {
    return this.list.end;
  }

  /** Whether one of `count` blocks from `block` on is wanted. */
  meets(block: number, count: number): boolean {
    return this.list.meets({ offset: block, length: count });
  }

  /** What is wanted of a span. */
  *meeting({ start, end }: BlockSpan): Generator<BlockSpan, void, undefined> {
    for (const part of this.list.within({ offset: start, length: end - start }))
      yield { start: part.offset, end: part.offset + part.length };
  }

  *spans(): Generator<BlockSpan, void, undefined> {
    for (const { offset, length } of this.list) yield { start: offset, end: offset + length };
  }
}
