import type { ByteRange, ContainerSummary, DeviceLayout, FilesystemSummary, Finding } from '@diskwright/sdk/protocol';

export type LaidPartition = DeviceLayout['partitions'][number];
/** A named piece of the partition table itself, bytes from the start of the device. */
export interface TableStructure {
  offset: number;
  length: number;
  name: string;
}

/** One thing drawn on a disk map. `start` and `size` are bytes on the device, clipped to it. */
export interface MapRegion {
  /** Stays the same while the thing does: `p3`, `free@1048576`, `table@0`, `volume`. */
  id: string;
  /** `volume`: the whole device as one. `whole`: where it is not known what lies: a device on which nothing is recognised, or what a broken table does not tell. */
  kind: 'partition' | 'free' | 'table' | 'volume' | 'whole';
  start: number;
  size: number;
  /** 1 for what lies within an extended partition. */
  depth: 0 | 1;
  partition: LaidPartition | null;
  filesystem: FilesystemSummary | null;
  /** What a volume is a member of. */
  container: ContainerSummary | null;
  /** What table structures it joins; empty otherwise. */
  structures: string[];
  findings: Finding[];
}

/** A layout with what a map needs besides. */
export interface MapSource {
  layout: DeviceLayout;
  structures: readonly TableStructure[];
  /** Where partitions may lie; of no length when the table is too broken to tell what is free. */
  usable?: ByteRange | null;
}

/**
 * The regions of a layout, by start, an extended partition before what lies in it. Broken tables may make them overlap; each still lies
 * on the device and has at least one byte.
 */
export function mapRegions({ layout, structures, usable }: MapSource): MapRegion[] {
  const { size } = layout.device;
  if (size === 0) return [];
  if (layout.table.type === 'none') {
    const { volume: filesystem, container = null, findings } = layout;
    const kind = filesystem || container ? 'volume' : 'whole';
    return [{ ...emptyRegion('volume', kind, 0, size), filesystem, container, findings }];
  }
  const extended = layout.partitions.filter(({ role }) => role === 'extended');
  const depthOf = (start: number): 0 | 1 =>
    extended.some((outer) => start >= outer.start && start < outer.start + outer.size) ? 1 : 0;
  const regions = [
    ...layout.partitions.map((partition) => ({
      ...emptyRegion(`p${partition.number}`, 'partition', partition.start, partition.size),
      depth: partition.role === 'logical' ? (1 as const) : (0 as const),
      partition,
      filesystem: partition.filesystem,
      container: partition.container ?? null,
    })),
    ...joined(structures).map((piece) => ({
      ...emptyRegion(`table@${piece.offset}`, 'table', piece.offset, piece.length),
      depth: depthOf(piece.offset),
      structures: piece.names,
    })),
    ...layout.gaps.map((gap) => emptyRegion(`free@${gap.start}`, usable?.length === 0 ? 'whole' : 'free', gap.start, gap.size)),
    ...extended.flatMap((outer) => gapsWithin(outer, layout.partitions, structures)),
  ];
  return regions
    .map((region) => clipped(region, size))
    .filter((region) => region.size > 0)
    .map((region) => ({ ...region, findings: layout.findings.filter((finding) => concerns(finding, region)) }))
    .sort((a, b) => a.start - b.start || a.depth - b.depth || b.size - a.size);
}

function emptyRegion(id: string, kind: MapRegion['kind'], start: number, size: number): MapRegion {
  return { id, kind, start, size, depth: 0, partition: null, filesystem: null, container: null, structures: [], findings: [] };
}

function clipped(region: MapRegion, size: number): MapRegion {
  const start = Math.min(region.start, size);
  return { ...region, start, size: Math.min(region.size, size - start) };
}

/** Findings of free space belong to whoever lies beside it. */
function concerns(finding: Finding, region: MapRegion): boolean {
  if (region.kind === 'free' || region.partition?.role === 'extended') return false;
  return finding.ranges.some(
    ({ offset, length }) => offset < region.start + region.size && offset + Math.max(length, 1) > region.start,
  );
}

/** Structures that touch each other are drawn as one: a protective boot record, header and entries are one table to a person. */
function joined(structures: readonly TableStructure[]): { offset: number; length: number; names: string[] }[] {
  const pieces: { offset: number; length: number; names: string[] }[] = [];
  for (const { offset, length, name } of [...structures].sort((a, b) => a.offset - b.offset)) {
    const last = pieces.at(-1);
    if (last && offset <= last.offset + last.length) {
      last.length = Math.max(last.length, offset + length - last.offset);
      last.names.push(name);
    } else pieces.push({ offset, length, names: [name] });
  }
  return pieces;
}

/** A layout's own gaps leave out what an extended partition covers. */
function gapsWithin(
  outer: LaidPartition,
  partitions: readonly LaidPartition[],
  structures: readonly TableStructure[],
): MapRegion[] {
  const end = outer.start + outer.size;
  const taken = [
    ...partitions.filter(({ role }) => role === 'logical').map(({ start, size }) => ({ start, end: start + size })),
    ...structures.map(({ offset, length }) => ({ start: offset, end: offset + length })),
  ]
    .filter((range) => range.start < end && range.end > outer.start)
    .sort((a, b) => a.start - b.start);
  const gaps: MapRegion[] = [];
  let at = outer.start;
  for (const range of [...taken, { start: end, end }]) {
    if (range.start > at) gaps.push({ ...emptyRegion(`free@${at}`, 'free', at, range.start - at), depth: 1 });
    at = Math.max(at, range.end);
  }
  return gaps;
}
