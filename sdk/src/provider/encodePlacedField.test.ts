import { expect, test } from 'vitest';
import { field, struct, u16, u32 } from '../struct/index';
import { encodePlacedField } from './encodePlacedField';

const header = struct('test header', 'none', { magic: field(u32()), version: field(u16()) });
const entry = struct('test entry', 'none', { start: field(u32('big')) });
const placed = [
  { layout: header, offset: 512 },
  { layout: entry, offset: 512 },
  { layout: header, offset: 4096 },
];
const edit = { structure: 'test header', structureOffset: 4096, field: ['version'], value: '0x102' };

test('the offset of the bytes counts the place of the structure', () => {
  expect(encodePlacedField(placed, edit)).toEqual({ offset: 4100, bytes: Buffer.from([2, 1]) });
});

test('of two structures at one place the name tells which', () => {
  const changed = { structure: 'test entry', structureOffset: 512, field: ['start'], value: '7' };
  expect(encodePlacedField(placed, changed)).toEqual({ offset: 512, bytes: Buffer.from([0, 0, 0, 7]) });
});

test.each([
  ['name', { structure: 'test trailer' }, /there is no test trailer at offset 4096/],
  ['place', { structureOffset: 4097 }, /there is no test header at offset 4097/],
  ['field', { field: ['revision'] }, /no field "revision"/],
  ['value', { value: 'many' }, /^test header: "many" is not an integer/],
])('another %s is refused as the input of whoever asked', (_what, change, message) => {
  const refused = expect.objectContaining({ code: 'InvalidInput', message: expect.stringMatching(message) as string });
  expect(() => encodePlacedField(placed, { ...edit, ...change })).toThrow(refused);
});

test('what goes wrong in a layout otherwise is no fault of the input', () => {
  const broken = {
    name: 'test header',
    encodeField(): never {
      throw new TypeError('oops');
    },
  };
  expect(() => encodePlacedField([{ layout: broken, offset: 4096 }], edit)).toThrow(new TypeError('oops'));
});

test('no more places are asked for than are needed', () => {
  function* endless(): Generator<(typeof placed)[number]> {
    for (let offset = 0; ; offset += 512) yield { layout: header, offset };
  }
  expect(encodePlacedField(endless(), edit).offset).toBe(4100);
});
