import { expect, test } from 'vitest';
import { parseKeys, type PressedKey, showKeys, strokeOf } from './strokes';

const press = (key: string, code: string, held: Partial<PressedKey> = {}): PressedKey => ({
  key,
  code,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...held,
});

test.each([
  ['Shift+Ctrl+P', ['ctrl+shift+p']],
  ['Ctrl+K Ctrl+S', ['ctrl+k', 'ctrl+s']],
  ['Alt+Left', ['alt+left']],
  ['Ctrl++', ['ctrl++']],
  ['Esc', ['escape']],
  ['cmd+,', ['ctrl+,']],
])('%s is %j', (text, expected) => {
  expect(parseKeys(text)).toEqual(expected);
});

test.each(['', 'Ctrl+', 'Hyper+A', 'Ctrl+Banana', 'A B C'])('"%s" is refused', (text) => {
  expect(() => parseKeys(text)).toThrow(SyntaxError);
});

test.each([
  ['a letter', press('P', 'KeyP', { ctrlKey: true, shiftKey: true }), 'ctrl+shift+p'],
  ['a letter where Dvorak has it', press('p', 'KeyR', { ctrlKey: true }), 'ctrl+p'],
  ['a letter of a Russian keyboard', press('з', 'KeyP', { ctrlKey: true }), 'ctrl+p'],
  ['a letter that Alt turned into another character', press('å', 'KeyA', { altKey: true }), 'alt+a'],
  ['a digit behind Shift', press('!', 'Digit1', { shiftKey: true }), 'shift+1'],
  ['a digit of the number pad', press('7', 'Numpad7', { ctrlKey: true }), 'ctrl+7'],
  ['punctuation', press(',', 'Comma', { ctrlKey: true }), 'ctrl+,'],
  ['punctuation behind Shift', press('{', 'BracketLeft', { ctrlKey: true, shiftKey: true }), 'ctrl+shift+['],
  ['an arrow', press('ArrowLeft', 'ArrowLeft', { altKey: true }), 'alt+left'],
  ['the space bar', press(' ', 'Space'), 'space'],
  ['a modifier alone', press('Control', 'ControlLeft', { ctrlKey: true }), null],
  ['a dead key', press('Dead', 'Unknown'), null],
])('%s', (_name, event, expected) => {
  expect(strokeOf(event)).toBe(expected);
});

test('Cmd is Ctrl on a Mac', () => {
  expect(strokeOf(press('p', 'KeyP', { metaKey: true }), true)).toBe('ctrl+p');
});

test('strokes are shown as they are written', () => {
  for (const keys of ['Ctrl+K Ctrl+S', 'Ctrl+Shift+P', 'Alt+PageUp', 'Ctrl++', 'F1', 'Ctrl+-'])
    expect(showKeys(parseKeys(keys))).toBe(keys);
  expect(showKeys(['ctrl+shift+p'], true)).toBe('⌘⇧P');
});
