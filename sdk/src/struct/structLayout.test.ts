import { expect, test } from 'vitest';
import { array, ascii, field, guid, hex16, nested, struct, u32, u64, utf16 } from './index';

const record = struct('record', 'test specification, 1', {
  magic: field(hex16(), 'always 0xaa55', { check: (value) => (value === 0xaa55 ? null : 'is not 0xaa55') }),
  label: field(ascii(6), 'name'),
  size: field(u64('big'), 'bytes', { at: 16 }),
  id: field(guid()),
  kind: field(u32(), undefined, { meaning: (value) => (value === 7 ? 'seven' : undefined) }),
  title: field(utf16(4)),
});
const value = {
  magic: 0xaa55,
  label: 'disk',
  size: 2n ** 60n,
  id: '00112233-4455-6677-8899-aabbccddeeff',
  kind: 7,
  title: 'Ähm',
};

test('encodes to the declared places and reads the same back', () => {
  const bytes = record.encode(value);
  expect(bytes.length).toBe(52);
  expect(bytes.toString('hex', 0, 8)).toBe('55aa6469736b0000');
  expect(bytes.readBigUInt64BE(16)).toBe(2n ** 60n);
  expect(bytes.toString('hex', 24, 32)).toBe('3322110055447766');
  expect(record.read(bytes)).toEqual(value);
});

test('keeps what no field covers', () => {
  const base = Buffer.alloc(52, 0xee);
  expect(record.encode(value, base)[8]).toBe(0xee);
});

test('describes each field with its range on the device', () => {
  const fields = record.describe(record.encode(value), 0, 1000);
  expect(fields.find((entry) => entry.name === 'kind')).toEqual({ name: 'kind', offset: 1040, length: 4, value: '7 (seven)' });
});

test('a failed check is a finding with the range of the field', () => {
  const bytes = record.encode({ ...value, magic: 1 });
  expect(record.check(bytes, 0, 512, 'test')).toEqual([
    { severity: 'error', code: 'test.magic', message: 'record: magic is not 0xaa55', ranges: [{ offset: 512, length: 2 }] },
  ]);
});

test('encodes one field from the text a person types', () => {
  expect(record.encodeField('size', '0x10')).toEqual({ offset: 16, bytes: Buffer.from('0000000000000010', 'hex') });
  expect(() => record.encodeField('size', 'many')).toThrow(RangeError);
  expect(() => record.encodeField('none', '1')).toThrow(RangeError);
});

test('a buffer that ends too early is damage, not a crash', () => {
  expect(() => record.read(Buffer.alloc(51))).toThrow('record needs 52 bytes, but only 51 are there');
});

test('an array of structures is described and edited part by part', () => {
  const row = struct('row', 'test specification, 2', { first: field(hex16()), second: field(hex16()) });
  const table = struct('table', 'test specification, 3', { head: field(u32()), rows: field(array(nested(row), 2)) });
  const bytes = table.encode({
    head: 1,
    rows: [
      { first: 1, second: 2 },
      { first: 3, second: 4 },
    ],
  });
  const rows = table.describe(bytes, 0, 100).find((entry) => entry.name === 'rows');
  expect(rows?.fields?.[1]?.fields?.[0]).toEqual({ name: 'first', offset: 108, length: 2, value: '0x0003' });
  expect(table.encodeField(['rows', '1', 'second'], '0x1234')).toEqual({ offset: 10, bytes: Buffer.from('3412', 'hex') });
  expect(() => table.encodeField(['rows', '2', 'first'], '1')).toThrow(RangeError);
  expect(() => table.encodeField(['rows', '0', 'third'], '1')).toThrow(RangeError);
});
