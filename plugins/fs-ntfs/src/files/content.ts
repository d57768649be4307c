import type { FileContent } from '@diskwright/sdk';
import type { ContentSegment } from '@diskwright/sdk/protocol';
import type { Attribute } from '../records/attribute';
import type { RunList } from '../records/runList';
import type { DataStream } from './dataStream';

/** Where the bytes of a stream are. What is compressed is `served`. */
export function contentOf({ attribute, overlay }: DataStream): FileContent {
  if (overlay) return { size: overlay.size, segments: overlay.size > 0 ? [{ kind: 'served', length: overlay.size }] : [] };
  const { size, value } = attribute;
  if (value) return { size, segments: value.length > 0 ? [{ kind: 'inline', bytes: value.toString('base64') }] : [] };
  return { size, segments: joined(cutTo(size, attribute.unitClusters > 0 ? unitsOf(attribute) : runsOf(attribute))) };
}

type Segment = Exclude<ContentSegment, { kind: 'inline' }>;

/** The runs of a stream; what lies behind its initialized bytes was never written, and reads as zeros. */
function* runsOf({ runs, initializedSize }: Attribute): Generator<Segment, void, undefined> {
  const { clusterBytes } = runs!;
  for (const { vcn, lcn, clusters } of runs!.runs()) {
    const start = vcn * clusterBytes;
    const length = clusters * clusterBytes;
    const written = lcn < 0 ? 0 : Math.min(Math.max(0, initializedSize - start), length);
    if (written > 0) yield { kind: 'extent', offset: lcn * clusterBytes, length: written };
    if (written < length) yield { kind: 'zeros', length: length - written };
  }
}

/** A compressed stream, unit by unit: one with all of its clusters is stored as it is, one with none is zeros, the others are compressed. */
function* unitsOf({ runs, unitClusters, initializedSize }: Attribute): Generator<Segment, void, undefined> {
  const { clusterBytes } = runs!;
  const unitBytes = unitClusters * clusterBytes;
  for (let start = 0; start < runs!.bytes;) {
    const pieces = [...runs!.pieces(start, unitBytes)];
    const [first] = pieces;
    if (start >= initializedSize || pieces.every(({ offset }) => offset === null)) {
      // A hole of terabytes is one step, not as many as it has units.
      const length = Math.max(unitBytes, Math.floor(holeAt(runs!, start) / unitBytes) * unitBytes);
      yield { kind: 'zeros', length };
      start += length;
      continue;
    }
    if (pieces.every(({ offset }) => offset !== null) && start + unitBytes <= initializedSize)
      for (const { offset, length } of pieces) yield { kind: 'extent', offset: offset!, length };
    else yield { kind: 'served', length: unitBytes };
    start += first ? unitBytes : runs!.bytes;
  }
}

/** Bytes of the hole that begins at a place of the stream. */
function holeAt(runs: RunList, offset: number): number {
  const [first] = runs.pieces(offset, Math.max(0, runs.bytes - offset));
  return first?.offset === null ? first.length : 0;
}

/** Exactly `size` bytes: what is too much is cut off, what is missing is zeros. */
function* cutTo(size: number, segments: Iterable<Segment>): Generator<Segment, void, undefined> {
  let left = size;
  for (const segment of segments) {
    if (left <= 0) return;
    const length = Math.min(left, segment.length);
    yield { ...segment, length };
    left -= length;
  }
  if (left > 0) yield { kind: 'zeros', length: left };
}

/** Puts segments together that continue each other. */
function* joined(segments: Iterable<Segment>): Generator<Segment, void, undefined> {
  let last: Segment | undefined;
  for (const next of segments) {
    if (last && continues(last, next)) last.length += next.length;
    else {
      if (last) yield last;
      last = { ...next };
    }
  }
  if (last) yield last;
}

function continues(last: Segment, next: Segment): boolean {
  if (last.kind !== 'extent' || next.kind !== 'extent') return last.kind === next.kind;
  return last.offset + last.length === next.offset;
}
