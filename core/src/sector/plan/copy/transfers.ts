import { type ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import type { BlockNode, NodeSegment } from '../../nodes/blockNode';

/** A descriptor that holds a device's bytes: the byte at `offset` of the device is at `offset + delta`. */
export interface DeviceDescriptor {
  descriptor: number;
  delta: number;
}

/** Extents of a copy that are read in one way: by the engine from a descriptor, or through the node. */
export interface Transfer {
  from: DeviceDescriptor | null;
  extents: ExtentList;
}

/** More sources than this in one copy (the bytes that were written to an overlay) are read through the node. */
const MAX_DESCRIPTORS = 64;

/** The descriptor in which the whole device lies; null when there is none. */
export function wholeDescriptor(node: BlockNode): DeviceDescriptor | null {
  const [segment] = node.segments(0, node.size);
  const whole = segment?.kind === 'descriptor' && segment.length === node.size;
  return whole ? { descriptor: segment.descriptor, delta: segment.descriptorOffset } : null;
}

/**
 * Sorts the extents of a copy by where their bytes lie, so that what lies in files and devices is copied by the native engine,
 * also where an overlay is the source. Extents are relative to `sourceOffset`, as in the plan.
 */
export function transfersOf(source: BlockNode, sourceOffset: number, extents: ExtentList): Transfer[] {
  const [first] = extents.count > 0 ? source.segments(0, source.size) : [];
  if (!first) return [];
  if (first.length === source.size) return [{ from: descriptorOf(first), extents }];
  const groups = new Map<string, { from: DeviceDescriptor | null; builder: ExtentListBuilder }>();
  for (const extent of extents) {
    for (const segment of allSegments(source, sourceOffset + extent.offset, extent.length)) {
      const wanted = descriptorOf(segment);
      const key = wanted ? `${wanted.descriptor} ${wanted.delta}` : '';
      const from = groups.has(key) || groups.size < MAX_DESCRIPTORS ? wanted : null;
      const groupKey = from ? key : '';
      if (!groups.has(groupKey)) groups.set(groupKey, { from, builder: new ExtentListBuilder() });
      groups.get(groupKey)!.builder.add(segment.offset - sourceOffset, segment.length);
    }
  }
  return [...groups.values()].map(({ from, builder }) => ({ from, extents: builder.build() }));
}

function* allSegments(node: BlockNode, offset: number, length: number): Generator<NodeSegment> {
  for (let at = offset; at < offset + length;) {
    for (const segment of node.segments(at, offset + length - at)) {
      yield segment;
      at = segment.offset + segment.length;
    }
  }
}

function descriptorOf(segment: NodeSegment): DeviceDescriptor | null {
  return segment.kind === 'descriptor'
    ? { descriptor: segment.descriptor, delta: segment.descriptorOffset - segment.offset }
    : null;
}
