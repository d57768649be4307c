import { expect, test } from 'vitest';
import type { InputSchema } from '@diskwright/sdk/protocol';
import { checkInput } from './commandInput';

const schema: InputSchema = {
  type: 'object',
  required: ['source'],
  properties: {
    source: { type: 'string', format: 'device', title: 'Source' },
    layout: { type: 'string', enum: ['keep', 'fit'], default: 'keep' },
    retries: { type: 'integer', minimum: 0, maximum: 9 },
    verify: { type: 'boolean', default: true },
    names: { type: 'array', items: { type: 'string' }, maxItems: 2 },
  },
};

test('fills in defaults', () => {
  expect(checkInput(schema, { source: 'a' })).toEqual({ input: { source: 'a', layout: 'keep', verify: true }, errors: [] });
});

test('lists every error, each with its field', () => {
  const { errors } = checkInput(schema, { layout: 'other', retries: 10, verify: 'yes', names: ['a', 1], extra: 1 });
  expect(errors.map(({ field }) => field)).toEqual(['source', 'layout', 'retries', 'verify', 'names', 'extra']);
  expect(errors[0]!.message).toBe('Source is needed');
  expect(errors[1]!.message).toBe('is "other", not one of keep, fit');
});
