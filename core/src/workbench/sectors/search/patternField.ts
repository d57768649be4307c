import { InvalidInputError } from '@diskwright/sdk/errors';
import type { SearchPattern } from '../../../common/workbench';
import { showError } from '../../widgets/shared/errorText';

export type PatternKind = SearchPattern['kind'];
export type Encoding = SearchPattern['encodings'][number];
export const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'];

/** Why a search was refused or failed; `caret` is the pattern with a mark under the place that is wrong, or empty. */
export interface PatternProblem {
  message: string;
  caret: string;
}

/** @param error what the host answered to a search for `text` */
export function patternProblem(error: unknown, text: string): PatternProblem {
  const { message, lines } = showError(error);
  // Of an error about what was given, the offset counts characters of it, from 0.
  const at = error instanceof InvalidInputError ? error.detail.offset : undefined;
  if (at === undefined) return { message: [message, ...lines].join(' '), caret: '' };
  return { message, caret: `${text}\n${' '.repeat(Math.min(at, text.length))}^ ` };
}
