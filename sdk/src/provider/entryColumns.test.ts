import { expect, test } from 'vitest';
import { entriesIn, type EntryTable, TableColumns } from '../protocol/index';
import { EntryColumns } from './entryColumns';

const entriesOf = (tables: Iterable<EntryTable>) => [...tables].flatMap((table) => entriesIn(new TableColumns(table)));

test('names of all kinds come out as they are, or with their bytes', () => {
  const columns = new EntryColumns();
  columns.enter('d/');
  const names = [Buffer.from('plain'), Buffer.from('größe €😀'), Buffer.from([0x61, 0xff]), Buffer.from('a/b\0')];
  for (const [node, name] of names.entries()) columns.set(columns.addUtf8(node, name, 0, name.length), 'file', 3, 1000);
  const wide = Buffer.from('weiß', 'utf16le');
  columns.addUtf16(9, wide, 0, wide.length);
  expect(entriesOf(columns.tables()).map(({ path, rawName, type, node }) => [path, rawName, type, node])).toEqual([
    ['d/plain', undefined, 'file', '0'],
    ['d/größe €😀', undefined, 'file', '1'],
    ['d/a\\xff', names[2]!.toString('base64'), 'file', '2'],
    ['d/a\\x2fb\\x00', names[3]!.toString('base64'), 'file', '3'],
    ['d/weiß', undefined, 'other', '9'],
  ]);
});

test('more than fits a message is cut, and nothing is lost', () => {
  const columns = new EntryColumns();
  const expected: string[] = [];
  for (let index = 0; index < 20_000; index++) {
    const directory = `directory ${Math.floor(index / 300)}/`;
    columns.enter(directory);
    columns.set(columns.addName(index, { text: `file ${index}` }), 'file', index, NaN);
    if (index % 5000 === 0) columns.setDamage(index, 'damaged');
    expected.push(`${directory}file ${index} ${index} ${index % 5000 === 0 ? 'damaged' : 'whole'}`);
  }
  const tables = [...columns.tables()];
  expect(tables.length).toBeGreaterThan(2);
  for (const table of tables) expect(JSON.stringify(table).length).toBeLessThan(1024 * 1024);
  expect(entriesOf(tables).map(({ path, size, damage = 'whole' }) => `${path} ${size} ${damage}`)).toEqual(expected);
});

test('a directory that is added again stands where it was, with its bytes', () => {
  const columns = new EntryColumns();
  columns.enter('above/');
  const name = Buffer.from([0x78, 0xfe]);
  const place = { key: 4, ...columns.directoryAt(columns.addUtf8(4, name, 0, 2)) };
  expect(place).toMatchObject({ prefix: 'above/x\\xfe/', depth: 2 });
  columns.clear();
  columns.enter(place.prefix);
  columns.addName(5, { text: 'inside' });
  columns.addDamaged(4, place, 'torn');
  columns.addName(6, { text: 'later' });
  expect(entriesOf(columns.tables()).map(({ path, damage, rawName }) => [path, damage, rawName])).toEqual([
    ['above/x\\xfe/inside', undefined, undefined],
    ['above/x\\xfe', 'torn', name.toString('base64')],
    ['above/x\\xfe/later', undefined, undefined],
  ]);
});
