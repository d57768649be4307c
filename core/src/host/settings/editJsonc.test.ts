import { expect, test } from 'vitest';
import { withoutProperty, withProperty } from './editJsonc';

test('a property goes with its line; comments of others stay', () => {
  const text = '{\n\t"a": 1, // one\n\t// about b\n\t"b": 2,\n\t"c": 3 // three\n}\n';
  expect(withoutProperty(text, 'b')).toBe('{\n\t"a": 1, // one\n\t// about b\n\t"c": 3 // three\n}\n');
});

test('with the last property goes the comma before it, wherever that stands', () => {
  expect(withoutProperty('{\n  "a": 1 /* x */, // one\n  "b": 2\n}', 'b')).toBe('{\n  "a": 1 /* x */ // one\n}');
  expect(withoutProperty('{ "a": 1, "b": 2 }', 'b')).toBe('{ "a": 1 }');
});

test('the first of several in a line goes alone', () => {
  expect(withoutProperty('{ "a": 1, "b": 2 }', 'a')).toBe('{ "b": 2 }');
  expect(withoutProperty('{"a":1}', 'a')).toBe('{}');
});

test('a property that stands there twice goes twice, one that does not changes nothing', () => {
  expect(withoutProperty('{\n  "a": 1,\n  "a": 2\n}', 'a')).toBe('{\n}');
  expect(withoutProperty('{ "a": 1 }', 'b')).toBe('{ "a": 1 }');
});

test('a property is added as the others are written', () => {
  expect(withProperty('{\n\t"a": 1 // one\n}\n', 'b', [1])).toBe('{\n\t"a": 1, // one\n\t"b": [\n\t\t1\n\t]\n}\n');
  expect(withProperty('{ "a": 1 }', 'b', 2)).toBe('{ "a": 1, "b": 2 }');
  expect(withProperty('{}\n', 'b', 2)).toBe('{\n  "b": 2\n}\n');
  expect(withProperty('{\n  "a": 1, // one\n  // last\n}', 'b', 2)).toBe('{\n  "a": 1, // one\n  // last\n  "b": 2\n}');
  expect(withProperty('{\r\n    "a": 1\r\n}', 'b', true)).toBe('{\r\n    "a": 1,\r\n    "b": true\r\n}');
});

test('a value is exchanged in its place', () => {
  expect(withProperty('{ "a": [1, 2], /* x */ "b": 2 }', 'a', null)).toBe('{ "a": null, /* x */ "b": 2 }');
});
