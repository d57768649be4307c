import { expect, test } from 'vitest';
import { type FilesystemEntry, TableColumns, tableOf } from '@diskwright/sdk/protocol';
import { WalkFormat } from './walkFormat';

const COLUMNS = [
  { field: 'type', title: 'Type', kind: 'text', width: 9 },
  { field: 'size', title: 'Size', kind: 'bytes' },
  { field: 'mtime', title: 'Modified', kind: 'time' },
  { field: 'path', title: 'Path', kind: 'text' },
] as const;
const TIME = Date.UTC(2024, 4, 1, 12, 30);

const entry = (path: string, more: Partial<FilesystemEntry> = {}): FilesystemEntry => ({
  path,
  type: 'file',
  size: 5,
  mtime: TIME,
  node: '7',
  ...more,
});
const walked = (...entries: FilesystemEntry[]) => ({ table: new TableColumns(tableOf(entries)), prefix: '/top' });

test('a line for each entry, in columns', () => {
  const lines = new WalkFormat([...COLUMNS], false).lines(
    walked(entry('a', { type: 'directory', mtime: null }), entry('a/b', { size: 1234567890123 })),
  );
  expect(String(lines)).toBe(
    `${'directory'}  ${'5'.padStart(12)}  ${' '.repeat(20)}  /top/a\n${'file'.padEnd(9)}  1234567890123  2024-05-01T12:30:00Z  /top/a/b\n`,
  );
});

test.each([
  ['of a file', 'a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['of a directory', 'x\ny/z', 'x\\x0ay/z'],
])('nothing in a name %s commands a terminal', (_, path, shown) => {
  expect(String(new WalkFormat([...COLUMNS], false).lines(walked(entry(path)))).endsWith(`/top/${shown}\n`)).toBe(true);
  const json = String(new WalkFormat([...COLUMNS], true).lines(walked(entry(path))));
  expect(JSON.parse(json)).toMatchObject({ path: `/top/${path}`, node: '7' });
  expect(json).not.toContain('\x1b');
});

test('what could not be read is a problem instead of a line', () => {
  const page = walked(entry('a'), entry('b/c', { damage: 'a bad sector' }));
  const format = new WalkFormat([...COLUMNS], false);
  expect(String(format.lines(page))).toMatch(/^file.*\/top\/a\n$/);
  expect(format.problems(page)).toEqual(['/top/b/c: a bad sector']);
});
