import { expect, test } from 'vitest';
import { CancelledError, FailedError, MediaError } from '@diskwright/sdk/errors';
import { isCancellation, showError } from './errorText';

test('an error says what happened, where, and what to do', () => {
  const error = new MediaError('sector 8 cannot be read', {
    device: '/dev/sda',
    offset: 4096,
    length: 512,
    todo: 'Make a copy.',
  });
  expect(showError(error)).toEqual({
    message: 'Sector 8 cannot be read.',
    lines: ['/dev/sda, at byte 4096 (0x1000), 512 bytes', 'Make a copy.'],
  });
});

test('anything thrown becomes a sentence', () => {
  expect(showError('no')).toEqual({ message: 'No.', lines: [] });
  expect(showError(new TypeError('x is undefined'))).toEqual({ message: 'X is undefined.', lines: [] });
  expect(showError('nbd://host/disk: cannot connect').message).toBe('nbd://host/disk: cannot connect.');
});

test('cancellations are told from errors', () => {
  expect(isCancellation(new CancelledError())).toBe(true);
  expect(isCancellation(new DOMException('aborted', 'AbortError'))).toBe(true);
  expect(isCancellation(new Error('aborted'))).toBe(false);
});

test('a device that the sentence names already is not named again', () => {
  expect(showError(new FailedError('/dev/sda is busy', { device: '/dev/sda', todo: 'Wait.' })).lines).toEqual(['Wait.']);
});
