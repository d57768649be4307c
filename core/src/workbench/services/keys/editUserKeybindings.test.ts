import { expect, test } from 'vitest';
import { changeKeys, resetKeys } from './editUserKeybindings';
import { readUserKeybindings } from './userKeybindings';

const rulesOf = (text: string): string[] =>
  readUserKeybindings(text).rules.map(({ strokes, command }) => `${strokes.join(' ')} ${command}`);

test('new keys for a default take the old ones away', () => {
  const text = changeKeys('', { command: 'a', keys: 'Ctrl+G', user: false }, 'F5');
  expect(rulesOf(text)).toEqual(['f5 a', 'ctrl+g -a']);
});

test('a rule of the user is changed where it stands, comments stay', () => {
  const before = '[\n  // mine\n  { "key": "F5", "command": "a" }, // five\n  { "key": "F6", "command": "b" }\n]\n';
  const after = changeKeys(before, { command: 'a', keys: 'F5', user: true }, 'F7');
  expect(after).toBe(before.replace('"F5"', '"F7"'));
});

test('keys are taken from a command', () => {
  expect(rulesOf(changeKeys('[]', { command: 'a', keys: 'F5', user: false }, null))).toEqual(['f5 -a']);
  expect(rulesOf(changeKeys('[{ "key": "F5", "command": "a" }]', { command: 'a', keys: 'F5', user: true }, null))).toEqual([]);
});

test('a reset leaves the rules of others', () => {
  const text = '[{"key":"F5","command":"a"},{"key":"F6","command":"b"},{"key":"F7","command":"-a"}]';
  expect(rulesOf(resetKeys(text, 'a'))).toEqual(['f6 b']);
});

test('a file that is no list is not touched', () => {
  expect(() => changeKeys('{}', { command: 'a', keys: null, user: false }, 'F5')).toThrow(/no list/);
});
