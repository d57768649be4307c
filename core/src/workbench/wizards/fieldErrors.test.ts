import { expect, test } from 'vitest';
import { errorsByField, fieldMessage } from './fieldErrors';
import { formFields } from './formFields';

const fields = formFields({
  input: { type: 'object', properties: { moves: { type: 'array', title: 'Moves', items: { type: 'object' } } } },
});

test('an error of an item belongs to its list, and what belongs to no field stands for itself', () => {
  const errors = errorsByField(fields, [
    { field: 'moves.0.start', message: 'overlaps' },
    { field: 'moves', message: 'is too short' },
    { field: 'other', message: 'unknown' },
    { field: '', message: 'the devices are the same' },
  ]);
  expect([...errors]).toEqual([
    ['moves', ['item 1: overlaps', 'is too short']],
    ['', ['other: unknown', 'the devices are the same']],
  ]);
});

test('what to do about an error is said behind it', () => {
  const errors = errorsByField(fields, [{ field: 'moves', message: 'the target is too small', todo: 'use a larger one' }]);
  expect(errors.get('moves')).toEqual(['the target is too small. Use a larger one.']);
});

test('a message that goes on after the name of its field becomes a sentence', () => {
  expect(fieldMessage(fields[0]!, 'is not a list')).toBe('Moves is not a list');
  expect(fieldMessage(fields[0]!, 'is needed')).toBe('At least one is needed');
  expect(fieldMessage(fields[0]!, 'item 1: has no start')).toBe('Item 1: has no start');
  expect(fieldMessage(fields[0]!, 'the target is too small')).toBe('The target is too small');
});
