import { expect, test } from 'vitest';
import { freeName, readBookmarks, writeBookmarks } from './bookmarkText';

const bookmarks = [
  { name: 'boot', note: 'the first sector', offset: 0, length: 512, tone: 3 },
  { name: 'end', note: '', offset: 1023, length: 1, tone: 0 },
];

test('what is written is read back', () => {
  expect(readBookmarks(writeBookmarks({ path: '/dev/sdx', size: 1024 }, bookmarks), 1024)).toEqual(bookmarks);
});

test('a list alone is read, and what may be left out', () => {
  expect(readBookmarks('[{"name": " here ", "offset": 7}]', 1024)).toEqual([
    { name: 'here', note: '', offset: 7, length: 1, tone: 0 },
  ]);
});

test.each([
  ['{', /no JSON/],
  ['7', /no list of bookmarks/],
  ['{"bookmarks": {}}', /no list of bookmarks/],
  ['[]', /empty/],
  ['[{"name": "a", "offset": 0}, 7]', /bookmark 2: it is no object/],
  ['[{"offset": 0}]', /bookmark 1: "name" is missing/],
  ['[{"name": "a", "offset": "0"}]', /"offset" is no whole number/],
  ['[{"name": "a", "offset": -1}]', /"offset" is no whole number/],
  ['[{"name": "a", "offset": 1, "length": 0}]', /"length"/],
  ['[{"name": "a", "offset": 1000, "length": 25}]', /reaches to byte 1025, but the device has only 1024/],
  ['[{"name": "a", "offset": 9007199254740991, "length": 2}]', /reaches to byte/],
  [JSON.stringify(Array(1001).fill({ name: 'a', offset: 0 })), /at most 1000/],
])('%s is refused', (text, message) => {
  expect(() => readBookmarks(text, 1024)).toThrow(message);
});

test('a name that is taken gets a number', () => {
  const taken = ['boot', 'boot 2'];
  expect(freeName('boot', (name) => taken.includes(name))).toBe('boot 3');
  expect(freeName('root', (name) => taken.includes(name))).toBe('root');
});
