import type { ExtentList } from '@diskwright/sdk/extents';
import type { ByteRange } from '@diskwright/sdk/protocol';
import type { BlockNode } from '../nodes/blockNode';
import { RangeMap, ZEROS } from '../overlay/rangeMap';

/** Something that a step did to a target, with what is needed to find out later whether it is still so. */
export type Change = CopiedExtents | WrittenBytes | ({ kind: 'other' } & ByteRange);

/** Extents that were copied, with a hash of each chunk. Extents are relative to both offsets. */
export interface CopiedExtents {
  kind: 'copy';
  /** Null when the source is gone: a move within one device has overwritten it. */
  source: BlockNode | null;
  sourceOffset: number;
  targetOffset: number;
  extents: ExtentList;
  chunkBytes: number;
  chunkHashes: Buffer;
}

export interface WrittenBytes extends ByteRange {
  kind: 'write';
  /** The same bytes again, in order. */
  chunks(): AsyncIterable<Buffer>;
}

/** Which bytes of `[offset, offset + length)` the changes have touched, in no order. */
export function touched(changes: readonly Change[], offset: number, length: number): ByteRange[] {
  return changes.flatMap((change) => [...touchedBy(change, offset, offset + length)]);
}

function* touchedBy(change: Change, start: number, end: number): Generator<ByteRange> {
  if (change.kind !== 'copy') {
    yield* meeting(change.offset, change.length, start, end);
    return;
  }
  const { extents, targetOffset } = change;
  for (let index = extents.indexFrom(Math.max(0, start - targetOffset)); index < extents.count; index++) {
    const offset = extents.offsetAt(index) + targetOffset;
    if (offset >= end) return;
    yield* meeting(offset, extents.lengthAt(index), start, end);
  }
}

function* meeting(offset: number, length: number, start: number, end: number): Generator<ByteRange> {
  const from = Math.max(offset, start);
  const to = Math.min(offset + length, end);
  if (from < to) yield { offset: from, length: to - from };
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

  cover(offset: number, length: number): boolean {
    const [range] = this.map.overlapping(offset, length);
    return range !== undefined && range.position === ZEROS && range.start <= offset && range.end >= offset + length;
  }
}
