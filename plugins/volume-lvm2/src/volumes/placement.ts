import { deviceMap, type ImageMap, JoinedMap, zeroMap } from '@diskwright/sdk/image';
import { isStriped, type LogicalVolume, type Segment, type VolumeGroup } from '../metadata/volumeGroup';
import type { Member } from '../members';
import { whyUnread } from './kinds';
import { type Area, StripedMap } from './stripedMap';

/** Logical volumes on logical volumes, such as those of a pool, are a few deep. */
const MAX_DEPTH = 16;

/** Where a volume is, or why it cannot be read, in words that go on from "cannot be read: ", and what to do about it. */
export type Placed = { map: ImageMap; reason?: undefined; todo?: undefined } | { map?: undefined; reason: string; todo?: string };

const GIVE_MISSING = 'Give the device or image that holds it as well.';

/** Finds where logical volumes lie. */
export class Placement {
  private readonly placed = new Map<string, Placed>();
  private readonly special: ReadonlyMap<string, string>;

  constructor(
    private readonly group: VolumeGroup,
    /** Those that are there, by UUID. */
    private readonly members: ReadonlyMap<string, Member>,
  ) {
    this.special = specialReasons(group);
  }

  of(volume: LogicalVolume): Placed {
    return this.place(volume, 0);
  }

  private place(volume: LogicalVolume, depth: number): Placed {
    const known = this.placed.get(volume.name);
    if (known) return known;
    const placed = this.placeAnew(volume, depth);
    this.placed.set(volume.name, placed);
    return placed;
  }

  private placeAnew(volume: LogicalVolume, depth: number): Placed {
    if (depth > MAX_DEPTH) return { reason: `it rests on more than ${MAX_DEPTH} volumes, or on itself` };
    const reason = this.special.get(volume.name);
    if (reason !== undefined) return { reason };
    const maps: ImageMap[] = [];
    for (const segment of volume.segments) {
      const placed = this.placeSegment(segment, depth);
      if (placed.map === undefined) return placed;
      maps.push(placed.map);
    }
    return { map: new JoinedMap(maps) };
  }

  private placeSegment(segment: Segment, depth: number): Placed {
    const size = segment.extents * this.group.extentBytes;
    if (!Number.isSafeInteger(size)) return { reason: 'it would be larger than 8 PiB' };
    if (segment.type === 'zero') return { map: zeroMap(size) };
    if (!isStriped(segment.type)) return { reason: whyUnread(segment.type) };
    const areas: Area[] = [];
    for (const { volume, extent } of segment.areas) {
      const under = this.placeArea(volume, depth);
      if (under.map === undefined) return under;
      const offset = extent * this.group.extentBytes;
      if (offset + size / segment.areas.length > under.map.size)
        return { reason: `it reaches beyond the end of ${volume}: the metadata are damaged` };
      areas.push({ map: under.map, offset });
    }
    return { map: new StripedMap(areas, segment.stripeBytes, size) };
  }

  /** The extents of a physical volume, or another logical volume. */
  private placeArea(name: string, depth: number): Placed {
    const { group, members } = this;
    const physical = group.physicalVolumes.get(name);
    if (!physical) {
      const logical = group.logicalVolumes.get(name);
      if (!logical) return { reason: `the metadata name a volume ${name} under it, which does not exist` };
      const under = this.place(logical, depth + 1);
      return under.map ? under : { ...under, reason: `it rests on ${name}: ${under.reason}` };
    }
    const member = members.get(physical.uuid);
    if (!member) {
      const last = physical.device === '' ? '' : ` (last seen as ${physical.device})`;
      return { reason: `physical volume ${physical.uuid}${last} is missing`, todo: GIVE_MISSING };
    }
    const size = physical.extents * group.extentBytes;
    if (!Number.isSafeInteger(size)) return { reason: `physical volume ${physical.uuid} would be larger than 8 PiB` };
    return { map: deviceMap(member.source, physical.dataOffset, size, `physical volume ${physical.uuid}`) };
  }
}

/** What the metadata of a snapshot say of the two volumes that it is made of, which look like any others themselves. */
function specialReasons(group: VolumeGroup): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const { segments } of group.logicalVolumes.values()) {
    for (const { type, names } of segments) {
      if (type !== 'snapshot') continue;
      const [origin, changes, merging] = [names.get('origin'), names.get('cow_store'), names.get('merging_store')];
      if (changes !== undefined) reasons.set(changes, `it is a snapshot of ${origin ?? 'another volume'}, which is not read`);
      if (merging === undefined) continue;
      reasons.set(merging, `it is a snapshot that is being merged into ${origin ?? 'another volume'}, which is not read`);
      if (origin !== undefined)
        reasons.set(origin, `a snapshot, ${merging}, is being merged into it, and part of it is still there`);
    }
  }
  return reasons;
}
