const SECONDS_OF_DAY = 86_400;
const LAST_DAY = 100_000_000;

let knownDay = NaN;
let knownDate = '';

/** A time as `2024-05-01T12:30:00Z`. Times of a listing are near each other: the day is worked out once for those that share it. @param milliseconds since 1970 */
export function utcSeconds(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const day = Math.floor(seconds / SECONDS_OF_DAY);
  if (Math.abs(day) >= LAST_DAY || Number.isNaN(day)) return String(milliseconds);
  if (day !== knownDay) {
    knownDate = new Date(day * SECONDS_OF_DAY * 1000).toISOString().replace(/T.*/, 'T');
    knownDay = day;
  }
  const rest = seconds - day * SECONDS_OF_DAY;
  return `${knownDate}${two(rest / 3600)}:${two((rest / 60) % 60)}:${two(rest % 60)}Z`;
}

const two = (value: number): string => {
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : String(whole);
};
