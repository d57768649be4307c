/** @module-tag alone */
import { expect, test } from 'vitest';
import { MAX_MESSAGE_CHARACTERS, MAX_STATE_CHARACTERS } from '@diskwright/sdk/view';
import { parse } from './viewChannel';

test('what a page may send is taken, and nothing beside it', () => {
  expect(parse('{"kind":"request","id":1,"method":"a","params":{"b":1},"further":2}')).toEqual({
    kind: 'request',
    id: 1,
    method: 'a',
    params: { b: 1 },
  });
  expect(parse('{"kind":"cancel","id":1}')).toEqual({ kind: 'cancel', id: 1 });
  expect(parse('{"kind":"state","state":[1]}')).toEqual({ kind: 'state', state: [1] });
  expect(parse('{"kind":"leave","for":"next"}')).toEqual({ kind: 'leave', for: 'next' });
});

test.each([
  ['no text', { kind: 'cancel', id: 1 }],
  ['no JSON', '{'],
  ['null', 'null'],
  ['an unknown kind', '{"kind":"run","command":"devices.forget"}'],
  ['a command to leave for', '{"kind":"leave","for":"plans.apply"}'],
  ['no method', '{"kind":"request","id":1}'],
  ['an id that is none', '{"kind":"request","id":"1","method":"a"}'],
  ['a large message', JSON.stringify({ kind: 'request', id: 1, method: 'a', params: 'x'.repeat(MAX_MESSAGE_CHARACTERS) })],
  ['a large state', JSON.stringify({ kind: 'state', state: 'x'.repeat(MAX_STATE_CHARACTERS + 100) })],
])('%s is refused', (_what, data) => {
  expect(parse(data)).toBeNull();
});
