import { FailedError, InvalidInputError, MediaError } from '@diskwright/sdk/errors';
import { expect, test } from 'vitest';
import { patternProblem } from './patternField';

test('the caret stands under the character that the host names, counted from 0', () => {
  const error = new InvalidInputError('the pattern is not right at character 4: two digits are needed', { offset: 3, length: 1 });
  expect(patternProblem(error, '53 E').caret).toBe('53 E\n   ^ ');
});

test('behind the last character at most', () => {
  expect(patternProblem(new InvalidInputError('it ends too early', { offset: 9 }), '(a').caret).toBe('(a\n  ^ ');
});

test('an error that is not about the pattern has no caret, wherever on the device it happened', () => {
  const media = new MediaError('cannot read', { device: '/dev/sdx', offset: 512, length: 512 });
  expect(patternProblem(media, 'abc')).toEqual({ caret: '', message: expect.stringContaining('/dev/sdx') });
  expect(patternProblem(new FailedError('no answer', { todo: 'Try again.' }), 'abc').message).toBe('No answer. Try again.');
});
