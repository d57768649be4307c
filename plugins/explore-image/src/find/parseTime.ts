import { InvalidInputError } from '@diskwright/sdk/errors';

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A time as people write it: `2024-05-01`, `2024-05-01T12:30`, both UTC unless they name a zone, or how long ago: `90m`, `36h`, `7d`, `2w`.
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970
 */
export function parseTime(text: string, option: string, now: number): number {
  const ago = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text);
  if (ago) return now - Number(ago[1]) * UNITS[ago[2]!]!;
  const form = /^\d{4}-\d{2}-\d{2}(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  const time = form ? Date.parse(text.replace(' ', 'T') + (form[1] && !form[2] ? 'Z' : '')) : NaN;
  if (Number.isNaN(time))
    throw new InvalidInputError(`${option} "${text}" is no time`, {
      todo: 'Write it as 2024-05-01, 2024-05-01T12:30, or how long ago: 90m, 36h, 7d, 2w.',
    });
  return time;
}
