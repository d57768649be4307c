import { describe, expect, test } from 'vitest';
import type { InputField } from '@diskwright/sdk/protocol';
import { draftOf, inputOf, lastingDraft, shownValue } from './draft';
import { formFields } from './formFields';

const properties: Record<string, InputField> = {
  source: { type: 'string', format: 'device', access: 'read', title: 'Source' },
  layout: { type: 'string', enum: ['keep', 'fit'], default: 'keep' },
  retries: { type: 'integer', default: 3 },
  verify: { type: 'boolean', default: true },
  password: { type: 'string', format: 'secret' },
  sizes: { type: 'array', items: { type: 'integer' } },
  moves: { type: 'array', items: { type: 'object' } },
};
const fields = formFields({ input: { type: 'object', properties, required: ['source'] } });
const field = (name: string) => fields.find((candidate) => candidate.name === name)!;

describe('the fields of a form', () => {
  test('take their controls from type, format and enum', () => {
    expect(fields.map(({ control }) => control)).toEqual(['device', 'choice', 'number', 'check', 'secret', 'list', 'list']);
  });

  test('are named by their title, else by their name', () => {
    expect([field('source').label, field('retries').label]).toEqual(['Source', 'retries']);
    expect([field('source').required, field('layout').required]).toEqual([true, false]);
  });
});

describe('what a control shows', () => {
  test('is the default of the schema, the proposal of the command before it, and what was typed before both', () => {
    expect(shownValue(field('retries'), {}, {})).toBe('3');
    expect(shownValue(field('retries'), {}, { retries: 5 })).toBe('5');
    expect(shownValue(field('retries'), { retries: '' }, { retries: 5 })).toBe('');
  });
});

describe('the input that is made of a draft', () => {
  test('holds numbers, check marks and lists as the schema says, and the defaults of what was left alone', () => {
    const draft = { source: ' /dev/sda ', retries: '7', verify: false, sizes: ['1', ' ', '2'], moves: ['{"number":1}'] };
    expect(inputOf(fields, draft)).toEqual({
      source: '/dev/sda',
      layout: 'keep',
      retries: 7,
      verify: false,
      sizes: [1, 2],
      moves: [{ number: 1 }],
    });
  });

  test('leaves what is no number, and no JSON, for the check to refuse', () => {
    expect(inputOf(fields, { retries: 'many', moves: ['{'] })).toMatchObject({ retries: 'many', moves: ['{'] });
  });

  test('holds what the command proposed only when it is asked to', () => {
    expect(inputOf(fields, {}, { source: '/dev/sdb' })).toHaveProperty('source', '/dev/sdb');
    expect(inputOf(fields, {})).not.toHaveProperty('source');
    expect(inputOf(fields, { source: 'a' }, { source: 'b' })).toHaveProperty('source', 'a');
  });

  test('keeps the blanks of a secret', () => {
    expect(inputOf(fields, { password: ' a ' })).toHaveProperty('password', ' a ');
  });
});

test('a secret is not kept with the rest of a draft', () => {
  expect(lastingDraft(fields, { source: 'a', password: 'b' })).toEqual({ source: 'a' });
});

test('an input given by a menu fills the form, without what is no field', () => {
  expect(draftOf(fields, { source: '/dev/sda', sizes: [1], other: 1 })).toEqual({ source: '/dev/sda', sizes: ['1'] });
});
