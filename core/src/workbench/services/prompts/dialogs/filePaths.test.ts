import { expect, test } from 'vitest';
import { joinPath, splitTyped } from './filePaths';

test.each([
  ['/', 'a', '/a'],
  ['/data', 'a b', '/data/a b'],
  ['C:\\', 'a', 'C:\\a'],
  ['C:\\data', 'a', 'C:\\data\\a'],
])('%s and %s', (folder, name, expected) => {
  expect(joinPath(folder, name)).toBe(expected);
});

test.each([
  ['disk', { folder: '/data', name: 'disk' }],
  ['', { folder: '/data', name: '' }],
  ['sub/di', { folder: '/data/sub', name: 'di' }],
  ['/et', { folder: '/', name: 'et' }],
  ['/etc/', { folder: '/etc', name: '' }],
  ['~/x', { folder: '/home/me', name: 'x' }],
  ['C:\\x', { folder: 'C:\\', name: 'x' }],
])('%s in /data', (typed, expected) => {
  expect(splitTyped(typed, '/data', '/home/me')).toEqual(expected);
});
