import { expect, test } from 'vitest';
import { findSettings, readTyped, type SettingSchema } from './settingFields';

const groups = [
  {
    title: 'Workbench',
    plugin: null,
    properties: {
      'workbench.theme': { type: 'string', title: 'Colour theme', enum: ['dark', 'light'], default: 'dark' },
      'workbench.restoreSession': { type: 'boolean', title: 'Restore session', default: true },
    },
  },
  { title: 'Sectors', plugin: null, properties: { 'sectors.bytesPerRow': { type: 'integer', title: 'Bytes per row' } } },
];
const find = (query: string): string[] =>
  findSettings(groups, query, ({ key }) => key === 'sectors.bytesPerRow').flatMap(({ settings }) =>
    settings.map(({ key }) => key),
  );

test.each([
  ['', ['workbench.theme', 'workbench.restoreSession', 'sectors.bytesPerRow']],
  ['colour', ['workbench.theme']],
  ['light theme', ['workbench.theme']],
  ['sectors', ['sectors.bytesPerRow']],
  ['@modified', ['sectors.bytesPerRow']],
  ['@modified theme', []],
])('"%s" finds %j', (query, expected) => {
  expect(find(query)).toEqual(expected);
});

test.each<[SettingSchema, string, object]>([
  [{ type: 'integer', minimum: 1, maximum: 9 }, '5', { value: 5 }],
  [{ type: 'integer', minimum: 1 }, '0', { problem: 'The least is 1.' }],
  [{ type: 'integer', maximum: 9 }, '10', { problem: 'The most is 9.' }],
  [{ type: 'integer' }, '1.5', { problem: 'Type a whole number.' }],
  [{ type: 'number' }, 'x', { problem: 'Type a number.' }],
  [{ type: 'string' }, ' x', { value: ' x' }],
  [{ type: 'array' }, 'a\n\n b ', { value: ['a', 'b'] }],
])('%j takes %j', (schema, text, expected) => {
  expect(readTyped(schema, text)).toEqual(expected);
});
