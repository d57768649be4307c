import { expect, test } from 'vitest';
import { formatPairs, formatTable } from './table';

test('columns are aligned, numbers to the right, without trailing spaces', () => {
  const text = formatTable(
    ['#', 'size', 'name'],
    [
      ['1', '16 MiB', 'a'],
      ['12', '4 B', ''],
    ],
    { right: [0, 1] },
  );
  expect(text).toBe([' #    size  name', ' 1  16 MiB  a', '12     4 B'].join('\n'));
});

test('wide characters take two columns, combining marks none', () => {
  const rows = [
    ['漢字', 'x'],
    ['e\u0301abc', 'x'],
  ];
  expect(formatTable(null, rows)).toBe('漢字  x\ne\u0301abc  x');
});

test('cells cannot command the terminal', () => {
  expect(formatTable(null, [['\x1b[2J', 'x']])).toBe('\\x1b[2J  x');
});

test('pairs without a value are left out', () => {
  expect(
    formatPairs([
      ['label', ''],
      ['type', 'ext4'],
    ]),
  ).toBe('type  ext4');
});
