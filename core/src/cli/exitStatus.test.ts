import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CancelledError, FailedError, InvalidInputError, MediaError, RefusedError, StaleError } from '@diskwright/sdk/errors';
import { describeError, exitStatusOf } from './exitStatus';

test('each kind of error has its exit status', () => {
  const errors = [
    new FailedError('x'),
    new InvalidInputError('x'),
    new RefusedError('x'),
    new StaleError('x'),
    new CancelledError(),
    new Error('x'),
  ];
  expect(errors.map(exitStatusOf)).toEqual([1, 2, 3, 3, 130, 1]);
});

test('an error tells device, place, details and what to do', () => {
  const error = new MediaError('cannot be read', {
    device: '/dev/sdx',
    offset: 512,
    length: 8,
    details: ['tried 3 times'],
    todo: 'replace it',
  });
  expect(describeError(error, false).split('\n')).toEqual([
    'diskwright: cannot be read',
    '  device: /dev/sdx',
    '  at byte 512, 8 bytes',
    '  tried 3 times',
    '  Replace it',
  ]);
});

test('what the message says already is not told twice', () => {
  const error = new MediaError('/dev/sdx cannot be read at 512', { device: '/dev/sdx', offset: 512, length: 8 });
  expect(describeError(error, false)).toBe('diskwright: /dev/sdx cannot be read at 512');
});

test('an error of the system is told in words', () => {
  expect(describeError(systemError('/missing/file'), false)).toBe('diskwright: /missing/file: no such file or directory');
});

test('a full disk is told with what to do, from whichever process', () => {
  expect(describeError(new FailedError('ENOSPC: no space left on device, write'), false)).toMatch(
    /^diskwright: no space left on device\n {2}Make room/,
  );
});

test('a stack is shown when it was asked for only, and nothing commands the terminal', () => {
  const error = new InvalidInputError('\x1b[2J is no disk');
  expect(describeError(error, false)).toBe('diskwright: \\x1b[2J is no disk');
  expect(describeError(error, true)).toContain('exitStatus.test');
});

function systemError(path: string): unknown {
  try {
    return readFileSync(path);
  } catch (error) {
    return error;
  }
}
