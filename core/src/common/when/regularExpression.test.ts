import { expect, test } from 'vitest';
import { checkRegularExpression, MATCHED_CHARACTERS } from './regularExpression';

test.each([
  '^(ext[2-4]|vfat|ntfs|swap|xfs|btrfs|exfat|iso9660|udf|zfs_member)$',
  '\\.(img|iso|raw)$',
  'disk.*part\\d+',
  '^/dev/(sd[a-z]+\\d*|nvme\\d+n\\d+(p\\d+)?)$',
  '[*+?]{3}',
])('%s may be used', (source) => {
  expect(checkRegularExpression(source, '')).toBeNull();
});

test.each(['.*.*.*x', 'a*a*a*b', '^x|a*a*a*b', `${'a?'.repeat(25)}b`, `${'(a|aa)'.repeat(30)}b`, 'a{0,99}a{0,99}a{0,99}b'])(
  '%s could take too long',
  (source) => {
    expect(checkRegularExpression(source, '')).toMatch(/too long/);
  },
);

test.each(['(a+)+b', '(a|b)*c', '(a?){30}b', '((ab)*)*'])('%s repeats choices', (source) => {
  expect(checkRegularExpression(source, '')).toMatch(/repeats a group/);
});

test('one of the slowest that may be used does not stop the window', () => {
  const source = '(a|a)a*a*b';
  expect(checkRegularExpression(source, '')).toBeNull();
  const startedAt = performance.now();
  new RegExp(source).test('a'.repeat(MATCHED_CHARACTERS));
  expect(performance.now() - startedAt).toBeLessThan(2000);
});
