import type { NodeMetadata } from '@diskwright/sdk/protocol';

/** A point in time, since 1970, UTC. */
export type IsoTime = NonNullable<NodeMetadata['modified']>;

const QUARTER_SECONDS = 900;
const NANOSECONDS_PER_HUNDREDTH = 10_000_000;
const MOST_QUARTERS = 56;

/** The seven bytes of a directory record: numbers. Null when there is none, or it cannot be. */
export function shortTime(bytes: Buffer): IsoTime | null {
  if (bytes.length < 7 || bytes.subarray(0, 6).every((byte) => byte === 0)) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  return timeOf([1900 + year, month, day, hour, minute, second], bytes.readInt8(6), 0);
}

/** The seventeen bytes of a descriptor: digits. Null when there is none, or it cannot be. */
export function longTime(bytes: Buffer): IsoTime | null {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(bytes.toString('latin1', 0, 16));
  if (!found || bytes.length < 17) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hundredths = 0] = found.slice(1).map(Number);
  return timeOf([year, month, day, hour, minute, second], bytes.readInt8(16), hundredths * NANOSECONDS_PER_HUNDREDTH);
}

function timeOf(
  [year, month, day, hour, minute, second]: [number, number, number, number, number, number],
  quarters: number,
  nanoseconds: number,
): IsoTime | null {
  const date = new Date(0);
  // Unlike Date.UTC, this takes years before 100 as they are.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCMinutes() === minute;
  if (!isDate || Number.isNaN(date.getTime())) return null;
  const zone = Math.abs(quarters) <= MOST_QUARTERS ? quarters : 0;
  return { seconds: date.getTime() / 1000 - zone * QUARTER_SECONDS, nanoseconds };
}
