import { expect, test } from 'vitest';
import type { StructureField, StructureInstance } from '@diskwright/sdk/protocol';
import type { ByteChange } from '../../../common/workbench';
import { assignFields, changedFields } from './fieldChanges';

const field = (name: string, offset: number, value: string, fields?: StructureField[]): StructureField => ({
  name,
  offset,
  length: 4,
  value,
  ...(fields && { fields }),
});
const structure = (offset: number, fields: StructureField[], name = 'header'): StructureInstance => ({
  ...{ name, source: 'a specification', offset, length: 64, findings: [] },
  fields,
});
const change = (step: number, offset: number, length: number): ByteChange => ({
  ...{ step, device: 'target', structure: 's', reason: 'r', offset, length, before: '', after: '' },
  fields: [],
});

test('fields that read otherwise are named from the outside in', () => {
  const before = [
    structure(0, [field('size', 0, '1'), field('flags', 4, '', [field('dirty', 4, 'no'), field('big', 4, 'yes')])]),
  ];
  const after = [
    structure(0, [field('size', 0, '1'), field('flags', 4, '', [field('dirty', 4, 'yes'), field('big', 4, 'yes')])]),
  ];
  expect(changedFields(before, after)).toEqual([
    { structure: 'header', field: 'flags.dirty', offset: 4, length: 4, before: 'no', after: 'yes' },
  ]);
});

test('all fields of a structure that appears or vanishes are changes, the same name elsewhere is another', () => {
  const changes = changedFields([structure(0, [field('size', 0, '1')])], [structure(512, [field('size', 512, '1')])]);
  expect(changes.map(({ offset, before, after }) => [offset, before, after])).toEqual([
    [0, '1', ''],
    [512, '', '1'],
  ]);
});

test('a field stands with the last step that writes it, and nowhere when none does', () => {
  const fields = changedFields([], [structure(0, [field('a', 0, '1'), field('b', 8, '2'), field('c', 60, '3')])]);
  const { changes, truncated } = assignFields([change(0, 0, 16), change(1, 8, 4)], new Map([['target', fields]]));
  expect(changes.map((one) => one.fields.map(({ field: name }) => name))).toEqual([['a'], ['b']]);
  expect(truncated).toBe(false);
});

test('a field stands with the changes of its own device', () => {
  const fields = new Map([['other', changedFields([], [structure(0, [field('a', 0, '1')])])]]);
  const { changes } = assignFields([change(0, 0, 16), { ...change(1, 0, 16), device: 'other' }], fields);
  expect(changes.map((one) => one.fields.length)).toEqual([0, 1]);
});

test('more fields than fit are cut, and that is told', () => {
  const many = Array.from({ length: 300 }, (_, index) => field(`f${index}`, 0, String(index)));
  const { changes, truncated } = assignFields([change(0, 0, 4)], new Map([['target', changedFields([], [structure(0, many)])]]));
  expect(changes[0]!.fields).toHaveLength(256);
  expect(truncated).toBe(true);
});
