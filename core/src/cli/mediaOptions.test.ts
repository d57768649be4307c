import { expect, it } from 'vitest';
import { joinRetryCount, jobSettings } from './jobOptions';

it.each([
  ['plan apply --on-error retry 5 p.json', 'plan|apply|--on-error|retry 5|p.json'],
  ['clone disk a b --on-error=retry 5', 'clone|disk|a|b|--on-error=retry 5'],
  ['clone disk a b --on-error retry', 'clone|disk|a|b|--on-error|retry'],
  ['clone disk retry 5', 'clone|disk|retry|5'],
])('takes the count of %j as a part of its option', (line, words) => {
  expect(joinRetryCount(line.split(' ')).join('|')).toBe(words);
});

it.each([
  ['stop', { onError: 'stop' }],
  ['skip', { onError: 'skip' }],
  ['retry', { onError: 'retry', retries: 2 }],
  ['retry 0', { onError: 'retry', retries: 0 }],
  ['retry=100', { onError: 'retry', retries: 100 }],
])('reads %j', (onError, settings) => {
  expect(jobSettings({ onError })).toEqual(settings);
});

it.each(['', 'retry 101', 'retry x', 'retry 1 2', 'stop 1', 'never'])('refuses %j', (onError) => {
  expect(() => jobSettings({ onError })).toThrow(/is not one of stop, retry N, skip/);
});
