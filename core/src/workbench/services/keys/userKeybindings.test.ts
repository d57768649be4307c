import { expect, test } from 'vitest';
import { readUserKeybindings } from './userKeybindings';

test('rules are read with comments and trailing commas', () => {
  const text = `[
    // mine
    { "key": "Ctrl+K Ctrl+D", "command": "devices.show", "when": "editor == layout", "args": { "deep": [1, null] } },
    { "key": "F5", "command": "-devices.refresh" },
  ]`;
  expect(readUserKeybindings(text)).toEqual({
    rules: [
      { strokes: ['ctrl+k', 'ctrl+d'], command: 'devices.show', when: 'editor == layout', args: { deep: [1, null] } },
      { strokes: ['f5'], command: '-devices.refresh' },
    ],
    problems: [],
  });
});

test.each([
  ['{}', /must hold a list/, 0],
  ['[1]', /expected an object/, 1],
  ['[{"key": "F5"}]', /"command" must be a text/, 1],
  ['[{"key": "Ctrl+Banana", "command": "a"}]', /is no key/, 9],
  ['[{"key": "F5", "command": "a", "when": "x =="}]', /expected a value/, 39],
  ['[{"key": ]', /not JSON/, 9],
])('%s has a problem with its place', (text, message, offset) => {
  const { rules, problems } = readUserKeybindings(text);
  expect(rules).toEqual([]);
  expect(problems[0]).toMatchObject({ message: expect.stringMatching(message) as string, offset });
});

test('an empty file has no rules and no problems', () => {
  expect(readUserKeybindings(' ')).toEqual({ rules: [], problems: [] });
});
