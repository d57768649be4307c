import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { keybindingsSchema, settingsSchema } from './documentSchemas';

const ajv = new Ajv({ strict: false });

test('settings are judged by the schemas of all groups', () => {
  const schema = settingsSchema([
    { title: 'Workbench', plugin: null, properties: { 'workbench.theme': { type: 'string', title: 'Theme', enum: ['dark'] } } },
    { title: 'Clone', plugin: 'disk-clone', properties: { 'disk-clone.verify': { type: 'boolean', title: 'Verify' } } },
  ]);
  const judge = ajv.compile(schema);
  expect(judge({ 'workbench.theme': 'dark', 'disk-clone.verify': true })).toBe(true);
  expect(judge({ 'workbench.theme': 'pink' })).toBe(false);
  expect(judge({ unknown: 1 })).toBe(false);
});

test('keybindings may name any command, and take keys away', () => {
  const judge = ajv.compile(keybindingsSchema([{ id: 'a.b', title: 'B', run: () => undefined }]));
  expect(judge([{ key: 'F5', command: 'a.b', when: 'x', args: {} }, { command: '-a.b' }, { key: 'F6', command: 'later' }])).toBe(
    true,
  );
  expect(judge([{ key: 'F5' }])).toBe(false);
});
