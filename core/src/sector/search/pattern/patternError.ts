import { InvalidInputError } from '@diskwright/sdk/errors';

/** Says what is wrong with a pattern and where. `offset` counts characters from 0. */
export function patternError(pattern: string, offset: number, message: string): InvalidInputError {
  return new InvalidInputError(`the pattern is not right at character ${offset + 1}: ${message}`, {
    offset,
    length: Math.min(1, pattern.length - offset),
  });
}
