import type { NodeMetadata } from '@diskwright/sdk/protocol';

type NodeTime = NonNullable<NodeMetadata['modified']>;

const ZONE_VALID = 0x80;
const QUARTER_HOUR_SECONDS = 15 * 60;

/** A time as its entry keeps it. */
export interface StoredTime {
  /** Date in the high half, time in the low one, as FAT has them. */
  stamp: number;
  /** 0 … 199, added to the two seconds. */
  hundredths?: number;
  zone: number;
}

/**
 * A time in UTC; null where it is none. One without a valid zone is the local time of whoever wrote: it is taken as it stands, as if it were UTC, so that
 * what is shown is what is on the disk.
 */
export function timeOf({ stamp, hundredths = 0, zone }: StoredTime): NodeTime | null {
  const [month, day] = [(stamp >>> 21) & 0xf, (stamp >>> 16) & 0x1f];
  const [hour, minute, second] = [(stamp >>> 11) & 0x1f, (stamp >>> 5) & 0x3f, (stamp & 0x1f) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const local = Date.UTC(1980 + (stamp >>> 25), month - 1, day, hour, minute, second) / 1000;
  const more = hundredths < 200 ? hundredths : 0;
  const seconds = local + Math.floor(more / 100) - (zoneSeconds(zone) ?? 0);
  return { seconds, nanoseconds: (more % 100) * 10_000_000 };
}

/** East of UTC; null where the zone was not recorded. */
export function zoneSeconds(zone: number): number | null {
  if ((zone & ZONE_VALID) === 0) return null;
  // Seven bits with a sign.
  const quarters = (zone & 0x7f) - ((zone & 0x40) << 1);
  return quarters * QUARTER_HOUR_SECONDS;
}

/** ISO 8601 in UTC, and the zone of the writer. */
export function timeText(stored: StoredTime): string | null {
  const time = timeOf(stored);
  if (!time) return null;
  const whole = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  const fraction = time.nanoseconds === 0 ? '' : `.${String(time.nanoseconds / 10_000_000).padStart(2, '0')}`;
  const zone = zoneSeconds(stored.zone);
  if (zone === null) return `${whole.replace('T', ' ')}${fraction}, local time of the writer, whose zone is not recorded`;
  const minutes = Math.abs(zone) / 60;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${whole}${fraction}Z, written at UTC${zone < 0 ? '-' : '+'}${hours}:${rest}`;
}
