import { DiskwrightError } from '@diskwright/sdk/errors';
import type { SearchPattern } from '../../../common/workbench';

export type PatternKind = SearchPattern['kind'];
export type Encoding = SearchPattern['encodings'][number];
export const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'];

/** What is wrong with a hex pattern, and at which character; null when nothing is. Text and regular expressions are judged by the host. */
export function hexPatternProblem(text: string): { message: string; at: number } | null {
  const digits = [...text.matchAll(/\S/g)];
  const wrong = digits.find(([character]) => !/[0-9a-f?]/i.test(character));
  if (wrong) return { message: `"${wrong[0]}" is no hex digit; ?? stands for any byte`, at: wrong.index };
  for (let index = 0; index < digits.length; index += 2) {
    const [first, second] = [digits[index]!, digits[index + 1]];
    if (!second) return { message: 'half a byte: a second digit is missing', at: first.index };
    if ((first[0] === '?') !== (second[0] === '?')) return { message: 'any byte is written as ??', at: first.index };
    if (second.index !== first.index + 1) return { message: 'half a byte: a second digit is missing', at: first.index };
  }
  return null;
}

/** The position that the host names in its message about a pattern: `… at character 5 …`; null when it names none. */
export function positionIn(error: unknown): number | null {
  const text = error instanceof DiskwrightError ? `${error.message} ${error.detail.details?.join(' ') ?? ''}` : String(error);
  const match = /\b(?:at |character |position |column )+(\d+)/i.exec(text);
  return match ? Number(match[1]) : null;
}
