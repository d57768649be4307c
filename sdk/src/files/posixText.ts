import type { NodeMetadata } from '../protocol/types';

const LETTERS = 'rwxrwxrwx';

/** The permissions of a mode in octal and as `ls` shows them: `0755 (rwxr-xr-x)`. */
export function permissionsText(mode: number): string {
  return `${(mode & 0xfff).toString(8).padStart(4, '0')} (${lettersOf(mode)})`;
}

/** As `ls` shows it, without the letter for the type. */
function lettersOf(mode: number): string {
  const letters = [...LETTERS].map((letter, index) => ((mode & (0o400 >> index)) !== 0 ? letter : '-'));
  const special = [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const;
  for (const [bit, place, letter] of special)
    if ((mode & bit) !== 0) letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  return letters.join('');
}

/** ISO 8601 with nanoseconds, where the time is one that a Date can hold. */
export function timeText({ seconds, nanoseconds }: NonNullable<NodeMetadata['modified']>): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}
