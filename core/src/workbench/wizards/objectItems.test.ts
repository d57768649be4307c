import { expect, test } from 'vitest';
import { fieldOf, withField } from './objectItems';

test('a field of an item is set, changed and taken out, and the others stay', () => {
  const named = withField('{}', 'name', 'first');
  const weighed = withField(named, 'weight', 7);
  expect(JSON.parse(weighed)).toEqual({ name: 'first', weight: 7 });
  expect(JSON.parse(withField(weighed, 'name', undefined))).toEqual({ weight: 7 });
  expect(fieldOf(weighed, 'weight')).toBe(7);
});

test.each(['', 'null', '[1]', '{"a"'])('%j is an item without fields', (line) => {
  expect(fieldOf(line, 'name')).toBeUndefined();
  expect(withField(line, 'name', 'x')).toBe('{"name":"x"}');
});
