import { expect, test } from 'vitest';
import { MAX_NESTING, nestedTooDeepAt } from './nesting';

test('what people write is not nested too deeply', () => {
  expect(nestedTooDeepAt('')).toBeNull();
  expect(nestedTooDeepAt(`${'['.repeat(MAX_NESTING)}${']'.repeat(MAX_NESTING)}`)).toBeNull();
  expect(nestedTooDeepAt(`[${'{"a": []}, '.repeat(1000)}]`)).toBeNull();
});

test('the first bracket too many is told, closed or not', () => {
  expect(nestedTooDeepAt('['.repeat(MAX_NESTING + 2))).toBe(MAX_NESTING);
  expect(nestedTooDeepAt('{"a":'.repeat(MAX_NESTING + 2))).toBe(MAX_NESTING * 5);
});

test('brackets in texts and comments do not count', () => {
  const many = '['.repeat(MAX_NESTING + 1);
  expect(nestedTooDeepAt(`{"${many}": "${many}" /* ${many} */ // ${many}\n}`)).toBeNull();
});
