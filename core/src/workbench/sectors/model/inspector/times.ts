/** Times as disks keep them, exact to 100 nanoseconds: BigInt counts of 100 ns since 1970. */
const ticksPerSecond = 10_000_000n;
/** FILETIME counts from 1601. */
const filetimeEpoch = 11_644_473_600n * ticksPerSecond;
/** What JavaScript's Date reaches, in milliseconds around 1970. */
const dateLimit = 8_640_000_000_000_000n;

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

/** `2024-05-17 08:09:10.1234567 UTC`; null beyond the years that can be named. */
export function formatTicks(ticks: bigint): string | null {
  const fraction = ((ticks % ticksPerSecond) + ticksPerSecond) % ticksPerSecond;
  const milliseconds = ((ticks - fraction) / ticksPerSecond) * 1000n;
  if (milliseconds > dateLimit || milliseconds < -dateLimit) return null;
  const date = new Date(Number(milliseconds));
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0').replace(/0+$/, '')}`;
  return `${day} ${time}${digits} UTC`;
}

const timeText = /^(\d{1,6})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?\s*(?:Z|UTC)?$/i;

/** The inverse of {@link formatTicks}. @throws Error when it is no time */
export function parseTicks(text: string): bigint {
  const match = timeText.exec(text.trim());
  if (!match) throw new Error('write a time as 2024-05-17 08:09:10 UTC');
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!same || minute > 59 || second > 59) throw new Error('there is no such day or time');
  return BigInt(date.getTime() / 1000) * ticksPerSecond + BigInt((match[7] ?? '').padEnd(7, '0'));
}

export const filetimeToTicks = (filetime: bigint): bigint => filetime - filetimeEpoch;
export const ticksToFiletime = (ticks: bigint): bigint => ticks + filetimeEpoch;
export const secondsToTicks = (seconds: bigint): bigint => seconds * ticksPerSecond;
export const ticksToSeconds = (ticks: bigint): bigint => ticks / ticksPerSecond;

/** FAT's date in the upper and time in the lower half, local time; null when there is no such day. */
export function formatDosTime(value: number): string | null {
  const date = value >>> 16;
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  const [hour, minute, second] = [(value >> 11) & 31, (value >> 5) & 63, (value & 31) * 2];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 58) return null;
  return `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`;
}

/** The inverse of {@link formatDosTime}. @throws Error when it is no time between 1980 and 2107 */
export function parseDosTime(text: string): number {
  const date = new Date(Number(ticksToSeconds(parseTicks(text))) * 1000);
  const year = date.getUTCFullYear() - 1980;
  if (year < 0 || year > 127) throw new Error('FAT keeps years from 1980 to 2107');
  const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}
