import { expect, test } from 'vitest';
import { field, struct, u16, u64 } from '../struct/index';
import { correctField, type StructureCopy } from './correctField';

const record = struct('test record', 'none', { magic: field(u16()), start: field(u64()) });
const copy = (name: string, offset: number, start: bigint): StructureCopy => ({
  name,
  offset,
  raw: record.encode({ magic: 1, start }),
});
const copies = [copy('record', 0, 63n), copy('middle record', 512, 2048n), copy('last record', 4096, 0n)];

test('each copy with another value gets a write of the field alone', () => {
  const writes = correctField(copies, { layout: record, field: 'start', value: 2048n, words: 'place' });
  const bytes = Buffer.from('0008000000000000', 'hex');
  expect(writes).toEqual([
    { offset: 2, bytes, structure: 'record', reason: 'place: 2048 instead of 63' },
    { offset: 4098, bytes, structure: 'last record', reason: 'place: 2048 instead of 0' },
  ]);
});

test('copies that have the value are left alone', () => {
  expect(correctField(copies, { layout: record, field: 'magic', value: 1, words: 'magic' })).toEqual([]);
});

test('a value that does not fit is never written in part', () => {
  expect(() => correctField(copies, { layout: record, field: 'magic', value: 65536, words: 'magic' })).toThrow(RangeError);
});
