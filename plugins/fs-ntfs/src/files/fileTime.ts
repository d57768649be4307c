import type { NodeMetadata } from '@diskwright/sdk/protocol';
import { readU32 } from '../records/littleEndian';

/** A point in time as nodes bear it. */
type NodeTime = NonNullable<NodeMetadata['modified']>;

/** 2^32 ticks of 100 ns are 429 s and this many ticks. */
const REST_TICKS = 4_967_296;
const TICKS_A_SECOND = 10_000_000;
/** From 1601 to 1970. */
const EPOCH_SECONDS = 11_644_473_600;
/** Above, a number does not hold the product exactly. */
const EXACT_HIGH = 1 << 30;
const TICKS_A_MILLISECOND = 10_000;
/** 2^32 ticks in whole milliseconds, and the ticks behind them. */
const HIGH_MILLISECONDS = 429_496;
const HIGH_REST_TICKS = 7296;

/** Where the times stand in standard information. */
export const TimeOffset = { created: 0, modified: 8, changed: 16, accessed: 24 } as const;

/** A time of Windows, 100 ns since 1601, exactly; null when it was never set. */
export function fileTime(bytes: Buffer, at: number): NodeTime | null {
  const low = bytes.readUInt32LE(at);
  const high = bytes.readUInt32LE(at + 4);
  if (low === 0 && high === 0) return null;
  if (high >= EXACT_HIGH) {
    const ticks = bytes.readBigUInt64LE(at);
    const seconds = ticks / BigInt(TICKS_A_SECOND);
    return { seconds: Number(seconds) - EPOCH_SECONDS, nanoseconds: Number(ticks % BigInt(TICKS_A_SECOND)) * 100 };
  }
  const ticks = high * REST_TICKS + low;
  const seconds = Math.floor(ticks / TICKS_A_SECOND);
  return { seconds: high * 429 + seconds - EPOCH_SECONDS, nanoseconds: (ticks - seconds * TICKS_A_SECOND) * 100 };
}

/** As milliseconds since 1970; null when it was never set. */
export function fileTimeMilliseconds(bytes: Buffer, at: number): number | null {
  const low = readU32(bytes, at);
  const high = readU32(bytes, at + 4);
  if (low === 0 && high === 0) return null;
  // All ticks together are more than a number holds exactly: the last one of a second would count as the next.
  const rest = Math.floor((high * HIGH_REST_TICKS + low) / TICKS_A_MILLISECOND);
  return high * HIGH_MILLISECONDS + rest - EPOCH_SECONDS * 1000;
}

/** ISO 8601 to 100 ns. */
export function timeText({ seconds, nanoseconds }: NodeTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  return `${whole}.${String(nanoseconds / 100).padStart(7, '0')}Z`;
}
