import { expect, test } from 'vitest';
import { EditorTrail } from './editorTrail';

const input = (key: string) => ({ type: 'layout', key });

test('back and forward along the editors that were shown', () => {
  const trail = new EditorTrail();
  for (const key of ['a', 'b', 'b', 'c']) trail.note(input(key));
  expect([trail.step(-1)?.key, trail.step(-1)?.key, trail.step(-1), trail.step(1)?.key]).toEqual(['b', 'a', null, 'b']);
});

test('going to another editor forgets what lay forward', () => {
  const trail = new EditorTrail();
  for (const key of ['a', 'b']) trail.note(input(key));
  trail.step(-1);
  trail.note(input('c'));
  expect([trail.step(1), trail.step(-1)?.key]).toEqual([null, 'a']);
});
