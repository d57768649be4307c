import { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { BlockNode } from '../nodes/blockNode';
import { RangeMap, ZEROS } from '../overlay/rangeMap';

/** Something that a step did to a target, with what is needed to find out later whether it is still so. */
export type Change = CopiedExtents | WrittenBytes | UncomparedExtents;

/** Extents that were copied, with a hash of each chunk. Extents are relative to both offsets. */
export interface CopiedExtents {
  kind: 'copy';
  /** Null when the source is gone: a move within one device has overwritten it. */
  source: BlockNode | null;
  sourceOffset: number;
  targetOffset: number;
  extents: ExtentList;
  chunkBytes: number;
  /** The first 16 bytes of each chunk's BLAKE3, in the order of the chunks; read each time, since they may be many. Null where none were kept: there is a source then. */
  chunkHashes: (() => Promise<Buffer>) | null;
}

export interface WrittenBytes extends ByteRange {
  kind: 'write';
  /** The same bytes again, in order. */
  chunks(): AsyncIterable<Buffer>;
}

/**
 * Extents, relative to `targetOffset`, that were zeroed or discarded, or that share the source's blocks; nobody compares those, but
 * they are not what was copied there before.
 */
export interface UncomparedExtents {
  kind: 'cleared' | 'reflinked';
  targetOffset: number;
  extents: ExtentList;
}

/** Which bytes of `[offset, offset + length)` the changes have touched, in no order. */
export function touched(changes: readonly Change[], offset: number, length: number): ByteRange[] {
  return changes.flatMap((change) => [...touchedBy(change, { offset, length })]);
}

function* touchedBy(change: Change, range: ByteRange): Generator<ByteRange> {
  if (change.kind === 'write') {
    yield* ExtentList.fromRanges([change]).within(range);
    return;
  }
  const { extents, targetOffset } = change;
  for (const { offset, length } of extents.within({ offset: range.offset - targetOffset, length: range.length }))
    yield { offset: offset + targetOffset, length };
}

/** Which parts of a target are known to read as zeros, since this job has zeroed them and not written them since. */
export class KnownZeros {
  private readonly map = new RangeMap();

  zeroed(offset: number, length: number): void {
    this.map.set(offset, length, ZEROS);
  }

  written(offset: number, length: number): void {
    // Any position but ZEROS says that something was written; the offset itself lets neighbours be joined.
    this.map.set(offset, length, offset);
  }

  /** Whether all of the extents, relative to `offset`, are known to be zeros. */
  cover(offset: number, extents: ExtentList): boolean {
    for (let index = 0; index < extents.count; index++) {
      if (!this.coverRange(offset + extents.offsetAt(index), offset + extents.endAt(index))) return false;
    }
    return true;
  }

  private coverRange(start: number, end: number): boolean {
    let at = start;
    for (const range of this.map.overlapping(start, end - start)) {
      if (range.position !== ZEROS || range.start > at) return false;
      at = range.end;
    }
    return at >= end;
  }
}
