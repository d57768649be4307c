import { expect, test } from 'vitest';
import { arrivesInTab } from './browserStrokes';
import { parseKeys } from './strokes';

test.each([
  ['Ctrl+W', false],
  ['Ctrl+K Ctrl+Shift+N', false],
  ['Ctrl+K N', true],
  ['Alt+W', true],
])('%s arrives in a plain tab: %s', (keys, arrives) => {
  expect(arrivesInTab(parseKeys(keys))).toBe(arrives);
});
