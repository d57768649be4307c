import { expect, test } from 'vitest';
import { printable, printableLines } from './printable';

test('what commands a terminal becomes visible', () => {
  expect(printable('a\x1b[31m\x07\x9b2J\x7f')).toBe('a\\x1b[31m\\x07\\x9b2J\\x7f');
});

test('marks that turn the direction of text become visible, other letters stay', () => {
  expect(printable('\u202eexe.txt é漢字')).toBe('\\u202eexe.txt é漢字');
});

test('a line break in one line becomes visible, between lines it stays', () => {
  expect(printable('a\nb')).toBe('a\\x0ab');
  expect(printableLines('a\n\tb\r')).toBe('a\n\\x09b\\x0d');
});
