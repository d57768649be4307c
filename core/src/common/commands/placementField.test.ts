import type { CommandContribution, InputField } from '@diskwright/sdk/protocol';
import { expect, test } from 'vitest';
import { placementField } from './placementField';

const read: InputField = { type: 'string', format: 'device', access: 'read' };
const written: InputField = { type: 'string', format: 'device', access: 'write' };
const command = (properties: Record<string, InputField>): Pick<CommandContribution, 'input'> => ({
  input: { type: 'object', properties, required: Object.keys(properties) },
});

test('the only field of the format is filled, also when it is written', () => {
  expect(placementField(command({ device: written, count: { type: 'integer' } }), 'device')).toBe('device');
});

test('of two it is the one that is read', () => {
  expect(placementField(command({ target: written, source: read }), 'device')).toBe('source');
});

test('nothing is filled where it could be either, or where there is none', () => {
  expect(placementField(command({ left: read, right: read }), 'device')).toBeNull();
  expect(placementField(command({ device: read }), 'volume')).toBeNull();
});
