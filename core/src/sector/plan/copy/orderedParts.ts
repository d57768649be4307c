import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import type { ByteRange, CopyStep } from '@diskwright/sdk/protocol';
import { copyOrder, shiftOf } from '../../../common/plan/index';
import type { BlockNode } from '../../nodes/blockNode';
import { CHUNK_BYTES, chunksOf, partsOf } from './parts';
import { type DeviceDescriptor, transfersOf } from './transfers';

/** What of a copy is done before the target is flushed and a checkpoint written. Its chunks may be copied in any order. */
export interface OrderedPart {
  /** Where the engine finds the source's bytes; null when they are read through the node. */
  from: DeviceDescriptor | null;
  extents: ExtentList;
  chunkBytes: number;
  /** The part will be overwritten, or overwrites its own source: it cannot be read again afterwards. */
  moves: boolean;
}

/**
 * A copy in parts of at most `partBytes`, in the order in which they have to be copied; the same at each call. Between two devices by where the source's
 * bytes lie; a move within one device away from the direction of the shift, each part with a span no longer than the shift: so no
 * part overwrites bytes that do not stand at their new place, on the medium, yet.
 */
export function* orderedParts(step: CopyStep, source: BlockNode, extents: ExtentList, partBytes: number): Generator<OrderedPart> {
  const order = copyOrder(step, extents);
  if (order === 'any') {
    for (const { from, extents: ofTransfer } of transfersOf(source, step.source.offset, extents))
      for (const part of partsOf(ofTransfer, partBytes)) yield { from, extents: part, chunkBytes: CHUNK_BYTES, moves: false };
    return;
  }
  const span = Math.min(Math.abs(shiftOf(step)), partBytes);
  const chunkBytes = Math.min(span, CHUNK_BYTES);
  const chunks = order === 'descending' ? descending(extents, chunkBytes) : chunksOf(extents, chunkBytes);
  for (const part of spans(chunks, span))
    for (const { from, extents: ofTransfer } of transfersOf(source, step.source.offset, part))
      yield { from, extents: ofTransfer, chunkBytes, moves: true };
}

/** Joins neighbours until a list would reach over more than `span` bytes. */
function* spans(chunks: Iterable<ByteRange>, span: number): Generator<ExtentList> {
  let ranges: ByteRange[] = [];
  let start = Infinity;
  let end = 0;
  for (const { offset, length } of chunks) {
    if (ranges.length > 0 && Math.max(end, offset + length) - Math.min(start, offset) > span) {
      yield listOf(ranges);
      ranges = [];
      start = Infinity;
      end = 0;
    }
    ranges.push({ offset, length });
    start = Math.min(start, offset);
    end = Math.max(end, offset + length);
  }
  if (ranges.length > 0) yield listOf(ranges);
}

function listOf(ranges: ByteRange[]): ExtentList {
  const builder = new ExtentListBuilder();
  const ascending = ranges.length > 1 && ranges[0]!.offset > ranges[1]!.offset ? ranges.reverse() : ranges;
  for (const { offset, length } of ascending) builder.add(offset, length);
  return builder.build();
}

/** The chunks of {@link chunksOf} from the last to the first. */
function* descending(extents: ExtentList, chunkBytes: number): Generator<ByteRange> {
  for (let index = extents.count - 1; index >= 0; index--) {
    const start = extents.offsetAt(index);
    const length = extents.lengthAt(index);
    for (let chunk = Math.ceil(length / chunkBytes) - 1; chunk >= 0; chunk--) {
      const at = chunk * chunkBytes;
      yield { offset: start + at, length: Math.min(chunkBytes, length - at) };
    }
  }
}
