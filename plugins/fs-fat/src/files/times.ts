import type { NodeMetadata } from '@diskwright/sdk/protocol';

type NodeTime = NonNullable<NodeMetadata['modified']>;

/**
 * Seconds since 1970 of a date and time as FAT keeps them, to two seconds; null where they are none (0 is "not recorded"). FAT keeps the local time of
 * whoever wrote and not their zone: it is taken as it stands, as if it were UTC, so that what is shown is what is on the disk.
 */
export function secondsOf(date: number, time: number): number | null {
  const month = (date >>> 5) & 0xf;
  const day = date & 0x1f;
  const [hour, minute, second] = [time >>> 11, (time >>> 5) & 0x3f, (time & 0x1f) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  return daySeconds(date) + hour * 3600 + minute * 60 + second;
}

/** A time of a node. `hundredths`: 0 … 199, added to the two seconds. */
export function timeOf(date: number, time: number, hundredths = 0): NodeTime | null {
  const seconds = secondsOf(date, time);
  if (seconds === null) return null;
  const more = hundredths < 200 ? hundredths : 0;
  return { seconds: seconds + Math.floor(more / 100), nanoseconds: (more % 100) * 10_000_000 };
}

/** A time as the disk has it: without a zone. */
export function localText({ seconds, nanoseconds }: NodeTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return nanoseconds === 0 ? whole : `${whole}.${String(nanoseconds / 10_000_000).padStart(2, '0')}`;
}

function daySeconds(date: number): number {
  return Date.UTC(1980 + (date >>> 9), ((date >>> 5) & 0xf) - 1, date & 0x1f) / 1000;
}
