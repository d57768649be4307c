import { expect, test } from 'vitest';
import { mergeBindings, type ResolvedBinding, resolveStrokes } from './resolve';

const binding = (keys: string, command: string, when?: string): ResolvedBinding => ({
  strokes: keys.split(' '),
  command,
  when,
  user: false,
});
const always = (_binding: ResolvedBinding): boolean => true;
const commandOf = (bindings: ResolvedBinding[], keys: string, holds = always): string | undefined => {
  const resolution = resolveStrokes(bindings, keys.split(' '), holds);
  return resolution.kind === 'command' ? resolution.binding.command : undefined;
};

test('a later default goes before an earlier one, and the user before both', () => {
  const defaults = [binding('ctrl+g', 'first'), binding('ctrl+g', 'second')];
  expect(commandOf(mergeBindings(defaults, []), 'ctrl+g')).toBe('second');
  expect(commandOf(mergeBindings(defaults, [{ strokes: ['ctrl+g'], command: 'mine' }]), 'ctrl+g')).toBe('mine');
});

test('a rule with a minus takes a binding away, of these keys only', () => {
  const defaults = [binding('ctrl+g', 'goTo'), binding('f6', 'goTo'), binding('ctrl+g', 'other')];
  const merged = mergeBindings(defaults, [{ strokes: ['ctrl+g'], command: '-goTo' }]);
  expect(merged.map(({ strokes, command }) => `${strokes.join(' ')} ${command}`)).toEqual(['ctrl+g other', 'f6 goTo']);
});

test('a binding whose condition does not hold leaves the keys to the next', () => {
  const merged = mergeBindings([binding('ctrl+g', 'general'), binding('ctrl+g', 'special', 'inSectors')], []);
  expect(commandOf(merged, 'ctrl+g', ({ when }) => when === undefined)).toBe('general');
});

test('a chord waits for its second stroke', () => {
  const merged = mergeBindings([binding('ctrl+k ctrl+s', 'keys')], []);
  expect(resolveStrokes(merged, ['ctrl+k'], always)).toEqual({ kind: 'chord' });
  expect(commandOf(merged, 'ctrl+k ctrl+s')).toBe('keys');
  expect(resolveStrokes(merged, ['ctrl+k', 'x'], always)).toEqual({ kind: 'none' });
});
