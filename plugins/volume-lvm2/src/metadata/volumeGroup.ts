import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import { SECTOR_BYTES } from '../structures';
import { countOf, listOf, missing, sectionsOf, textOf } from './entries';
import { parseText, type Section } from './parseText';

/** What the metadata say of a volume group. Sizes and places are bytes, extents are counted. */
export interface VolumeGroup {
  name: string;
  uuid: string;
  /** Counts the changes. */
  sequence: number;
  extentBytes: number;
  flags: readonly string[];
  /** By the names that segments call them, such as `pv0`. */
  physicalVolumes: ReadonlyMap<string, GroupMember>;
  /** By name, in the order of the metadata. */
  logicalVolumes: ReadonlyMap<string, LogicalVolume>;
  /** Facts for people. */
  details: [string, string][];
}

export interface GroupMember {
  uuid: string;
  /** What it was called where it was used last; empty: not recorded. */
  device: string;
  /** Of the device; 0: not recorded. */
  deviceBytes: number;
  /** Where its first extent begins. */
  dataOffset: number;
  extents: number;
  flags: readonly string[];
}

export interface LogicalVolume {
  name: string;
  uuid: string;
  /** Those that `lvs` shows: others are parts of volumes. */
  visible: boolean;
  extents: number;
  /** In the order of their extents, which they cover. */
  segments: readonly Segment[];
}

export interface Segment {
  start: number;
  extents: number;
  /** As the metadata have it: `striped`, `raid1`, `thin`, … */
  type: string;
  /** Bytes that go to one area after the other; 0: there is but one area. */
  stripeBytes: number;
  /** Where the extents are, for segments of type striped: `extent` of the physical or logical volume of that name. */
  areas: readonly { volume: string; extent: number }[];
  /** Other volumes that it names: `origin`, `cow_store`, `pool`, … */
  names: ReadonlyMap<string, string>;
}

/** Those that LVM allows, so that a name can stand in a path and on a terminal. */
const NAME = /^[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,127}$/;
const UUID = /^[A-Za-z0-9!#]{6}(-[A-Za-z0-9!#]{4}){5}-[A-Za-z0-9!#]{6}$/;

/** @throws DamagedStructureError when the text makes no sense, NotSupportedError for a version to come */
export function parseVolumeGroup(text: string): VolumeGroup {
  const root = parseText(text);
  const version = countOf(root, 'version', 'the text');
  if (version !== 1) throw new NotSupportedError(`LVM2 metadata of version ${version} cannot be read`);
  const [found] = root.sections;
  if (!found || root.sections.size !== 1) missing('volume group', 'the text');
  const [name, section] = found;
  const where = `volume group ${checkName(name)}`;
  const extentBytes = bytesOf(section, 'extent_size', where);
  if (extentBytes === 0) missing('extent_size', where);
  return {
    name,
    uuid: uuidOf(section, where),
    sequence: countOf(section, 'seqno', where),
    extentBytes,
    flags: flagsOf(section),
    physicalVolumes: parseAll(sectionsOf(section, 'physical_volumes'), parseMember),
    logicalVolumes: showSnapshots(parseAll(sectionsOf(section, 'logical_volumes'), parseLogicalVolume)),
    details: [...detailOf(section, 'system_id', 'system'), ...detailOf(root, 'creation_host', 'written by')],
  };
}

function parseAll<T>(
  sections: ReadonlyMap<string, Section>,
  parse: (name: string, section: Section) => T,
): ReadonlyMap<string, T> {
  return new Map(Array.from(sections, ([name, section]) => [name, parse(checkName(name), section)]));
}

function parseMember(name: string, section: Section): GroupMember {
  const where = `physical volume ${name}`;
  const device = section.values.get('device');
  return {
    uuid: uuidOf(section, where),
    device: typeof device === 'string' ? device : '',
    deviceBytes: section.values.has('dev_size') ? bytesOf(section, 'dev_size', where) : 0,
    dataOffset: bytesOf(section, 'pe_start', where),
    extents: countOf(section, 'pe_count', where),
    flags: flagsOf(section),
  };
}

function parseLogicalVolume(name: string, section: Section): LogicalVolume {
  const where = `logical volume ${name}`;
  const segments = Array.from(section.sections, ([segment, content]) => parseSegment(content, `${segment} of ${where}`));
  if (segments.length !== countOf(section, 'segment_count', where)) missing('segment_count', where);
  segments.sort((one, other) => one.start - other.start);
  let extents = 0;
  for (const segment of segments) {
    if (segment.start !== extents) throw damaged(`the segments of ${where} do not join at extent ${extents}`);
    extents += segment.extents;
  }
  return { name, uuid: uuidOf(section, where), visible: flagsOf(section).includes('VISIBLE'), extents, segments };
}

/** The metadata have a hidden volume for what has changed, and a visible one that ties it to its origin. `lvs` shows the former in its place. */
function showSnapshots(volumes: ReadonlyMap<string, LogicalVolume>): ReadonlyMap<string, LogicalVolume> {
  for (const volume of volumes.values()) {
    const [segment] = volume.segments;
    if (segment?.type !== 'snapshot') continue;
    volume.visible = false;
    const changes = volumes.get(segment.names.get('cow_store') ?? segment.names.get('merging_store') ?? '');
    if (changes) changes.visible = true;
  }
  return volumes;
}

function parseSegment(section: Section, where: string): Segment {
  const type = section.values.has('type') ? textOf(section, 'type', where) : 'striped';
  const extents = countOf(section, 'extent_count', where);
  if (extents === 0) missing('extent_count', where);
  const areas = isStriped(type) ? parseAreas(section, where) : [];
  const stripeBytes = areas.length > 1 ? bytesOf(section, 'stripe_size', where) : 0;
  if (areas.length > 1 && stripeBytes === 0) missing('stripe_size', where);
  if (areas.length > 1 && extents % areas.length !== 0)
    throw damaged(`${extents} extents of ${where} do not go into ${areas.length} stripes`);
  const names = new Map(Array.from(section.values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return { start: countOf(section, 'start_extent', where), extents, type, stripeBytes, areas, names };
}

/** Linear volumes are striped ones of one stripe; the metadata may call them either. */
export function isStriped(type: string): boolean {
  return type === 'striped' || type === 'linear';
}

/** `stripes = ["pv0", 0, "pv1", 12]` */
function parseAreas(section: Section, where: string): Segment['areas'] {
  const list = listOf(section, 'stripes');
  const count = countOf(section, 'stripe_count', where);
  if (count === 0 || list.length !== count * 2) missing('stripes', where);
  return Array.from({ length: count }, (_, index) => {
    const [volume, extent] = [list[index * 2], list[index * 2 + 1]];
    if (typeof volume !== 'string' || typeof extent !== 'number' || !Number.isSafeInteger(extent) || extent < 0)
      missing('stripes', where);
    return { volume, extent };
  });
}

/** Of a number of sectors. */
function bytesOf(section: Section, name: string, where: string): number {
  const bytes = countOf(section, name, where) * SECTOR_BYTES;
  return Number.isSafeInteger(bytes) ? bytes : missing(name, where);
}

function uuidOf(section: Section, where: string): string {
  const uuid = textOf(section, 'id', where);
  return UUID.test(uuid) ? uuid : missing('id', where);
}

function flagsOf(section: Section): string[] {
  return [...listOf(section, 'status'), ...listOf(section, 'flags')].map(String);
}

function detailOf(section: Section, name: string, title: string): [string, string][] {
  const value = section.values.get(name);
  return typeof value === 'string' && value !== '' ? [[title, value]] : [];
}

function checkName(name: string): string {
  if (NAME.test(name) && name !== '.' && name !== '..') return name;
  throw damaged(`"${name}" is no name of a volume`);
}

function damaged(what: string): DamagedStructureError {
  return new DamagedStructureError('LVM2 metadata', `the LVM2 metadata are damaged: ${what}`);
}
