import type { ExtentList } from '@diskwright/sdk/extents';
import type { BlockNode } from '../nodes/blockNode';
import type { Run } from '../nodes/composedNode';
import { ZEROS, type RangeMap } from './rangeMap';

/** Takes the next run; answers false when it wants no more. */
export type Emit = (run: Run) => boolean;
/** Emits where the bytes of a range lie, in order and without gaps; false when it was stopped. */
export type Resolve = (offset: number, length: number, emit: Emit) => boolean;

/** One layer of an overlay; what it does not map is seen through it. */
export interface Layer {
  resolve(offset: number, length: number, below: Resolve, emit: Emit): boolean;
}

/**
 * Extents, relative to `targetOffset`, that read from elsewhere: as `inside` says, which is asked for ranges within one extent.
 * The extent list itself is the map: a million extents cost nothing beyond their blob.
 */
export class ExtentsLayer implements Layer {
  constructor(
    private readonly extents: ExtentList,
    private readonly targetOffset: number,
    private readonly inside: Layer,
  ) {}

  resolve(offset: number, length: number, below: Resolve, emit: Emit): boolean {
    const { extents, targetOffset } = this;
    const end = offset + length;
    let index = extents.indexFrom(Math.max(0, offset - targetOffset));
    let at = offset;
    while (at < end) {
      const start = index < extents.count ? extents.offsetAt(index) + targetOffset : end;
      if (start >= end) return below(at, end - at, emit);
      if (at < start && !below(at, start - at, emit)) return false;
      at = Math.max(at, start);
      const stop = Math.min(end, extents.endAt(index) + targetOffset);
      if (!this.inside.resolve(at, stop - at, below, emit)) return false;
      at = stop;
      index++;
    }
    return true;
  }
}

/**
 * Everything reads from `shift` bytes further on of a node, which stays its owner's; or without one from the state below, which
 * is what a copy within one device means.
 */
export class ShiftedLayer implements Layer {
  constructor(
    private readonly source: BlockNode | null,
    private readonly shift: number,
  ) {}

  resolve(offset: number, length: number, below: Resolve, emit: Emit): boolean {
    const nodeOffset = offset + this.shift;
    if (this.source) return emit({ kind: 'node', offset, length, node: this.source, nodeOffset });
    return below(nodeOffset, length, (run) => emit({ ...run, offset: run.offset - this.shift }));
  }
}

/** Everything reads as zeros. */
export const ZEROS_LAYER: Layer = {
  resolve: (offset, length, _below, emit) => emit({ kind: 'zeros', offset, length }),
};

/** Ranges that were written or zeroed; the bytes lie in a data file. */
export class BytesLayer implements Layer {
  constructor(
    private readonly map: RangeMap,
    private readonly descriptor: number,
  ) {}

  resolve(offset: number, length: number, below: Resolve, emit: Emit): boolean {
    const end = offset + length;
    let at = offset;
    for (const range of this.map.overlapping(offset, length)) {
      if (at < range.start && !below(at, range.start - at, emit)) return false;
      at = Math.max(at, range.start);
      const runLength = Math.min(end, range.end) - at;
      const run: Run =
        range.position === ZEROS
          ? { kind: 'zeros', offset: at, length: runLength }
          : {
              kind: 'data',
              offset: at,
              length: runLength,
              descriptor: this.descriptor,
              position: range.position + at - range.start,
            };
      if (!emit(run)) return false;
      at += runLength;
    }
    return at >= end || below(at, end - at, emit);
  }
}

/** The layers over a base, the last one on top. */
export class LayerStack {
  private readonly resolvers: Resolve[];

  /** The nodes stay the caller's. */
  constructor(base: BlockNode, layers: readonly Layer[]) {
    const bottom: Resolve = (offset, length, emit) => emit({ kind: 'node', offset, length, node: base, nodeOffset: offset });
    this.resolvers = [bottom];
    for (const layer of layers) {
      const below = this.resolvers.at(-1)!;
      this.resolvers.push((offset, length, emit) => layer.resolve(offset, length, below, emit));
    }
  }

  /**
   * The runs of a range in order, neighbours that continue each other joined; at most `limit`, which may cover less than was
   * asked for.
   */
  runs(offset: number, length: number, limit: number): Run[] {
    const runs: Run[] = [];
    this.resolvers.at(-1)!(offset, length, (run) => {
      const last = runs.at(-1);
      if (last && continues(last, run)) {
        last.length += run.length;
        return true;
      }
      if (runs.length >= limit) return false;
      runs.push({ ...run });
      return true;
    });
    return runs;
  }
}

function continues(last: Run, next: Run): boolean {
  if (last.kind === 'zeros') return next.kind === 'zeros';
  if (last.kind === 'node')
    return next.kind === 'node' && last.node === next.node && last.nodeOffset + last.length === next.nodeOffset;
  return next.kind === 'data' && last.descriptor === next.descriptor && last.position + last.length === next.position;
}
