import { expect, it } from 'vitest';
import { hexPatternProblem } from './patternField';

it.each([['53 EF'], ['53EF'], ['53 ?? ef'], ['????']])('%s is a hex pattern', (text) => {
  expect(hexPatternProblem(text)).toBeNull();
});

it.each([
  ['53 E', 3],
  ['53 GF', 3],
  ['5? 00', 0],
  ['5 3', 0],
  ['00 ?', 3],
])('%s is wrong at character %i', (text, at) => {
  expect(hexPatternProblem(text)?.at).toBe(at);
});
