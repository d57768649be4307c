import { expect, test } from 'vitest';
import { nameGlob } from './nameGlob';
import { parseTime } from './parseTime';

test.each([
  ['*.txt', 'a/b/note.txt', true],
  ['*.txt', 'a/b.txt/note', false],
  ['n?te', 'note', true],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[]]x', ']x', true],
  ['a/*', 'a/b', true],
  ['a/*', 'a/b/c', false],
  ['a/**', 'a/b/c', true],
  ['**/c', 'c', true],
  ['a.b', 'axb', false],
  ['(x)+|y', '(x)+|y', true],
  ['[', '[', true],
])('%s against %s', (pattern, path, expected) => {
  expect(nameGlob(pattern, false)(path)).toBe(expected);
});

test('letters in either case', () => {
  expect(nameGlob('ÄB*', true)('äbc')).toBe(true);
});

const NOW = Date.UTC(2024, 4, 8);

test.each([
  ['7d', Date.UTC(2024, 4, 1)],
  ['1.5h', NOW - 5_400_000],
  ['2024-05-01', Date.UTC(2024, 4, 1)],
  ['2024-05-01T12:30', Date.UTC(2024, 4, 1, 12, 30)],
  ['2024-05-01 12:30:15+02:00', Date.UTC(2024, 4, 1, 10, 30, 15)],
])('the time %s', (text, expected) => {
  expect(parseTime(text, '--newer', NOW)).toBe(expected);
});

test.each(['yesterday', '2024-13-01', '7', ''])('%j is no time', (text) => {
  expect(() => parseTime(text, '--newer', NOW)).toThrow(/is no time/);
});
