import { expect, test } from 'vitest';
import { shortTitle } from './planWords';

test('a title for a tab names its devices without their folders', () => {
  const devices = [{ path: '/a b/disk' }, { path: '/a b/disk.img' }, { path: 'nbd://host/export' }];
  expect(shortTitle('Clone /a b/disk.img to /a b/disk', devices)).toBe('Clone disk.img to disk');
  expect(shortTitle('Clone nbd://host/export', devices)).toBe('Clone export');
});
