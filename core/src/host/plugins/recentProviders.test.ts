import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RecentProviders } from './recentProviders';

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'cache', 'recent.json');
}

test('what a device needed is known the next time, and what another one needed is no part of it', () => {
  const path = file();
  new RecentProviders(path).remember(['/a#1'], ['fs-ext', 'table']);
  new RecentProviders(path).remember(['/b#0'], ['fs-fat']);
  const recent = new RecentProviders(path);
  expect(recent.neededBy(['/a#1'])).toEqual(['fs-ext', 'table']);
  expect(recent.neededBy(['/a#1', '/b#0', '/c'])).toEqual(['fs-ext', 'table', 'fs-fat']);
  expect(recent.neededBy(['/c'])).toBe(null);
  expect(recent.newest).toEqual(['fs-fat']);
});

test('the oldest of many devices is forgotten', () => {
  const path = file();
  for (let device = 0; device < 65; device++) new RecentProviders(path).remember([`/${device}`], ['fs-ext']);
  expect(new RecentProviders(path).neededBy(['/0'])).toBe(null);
  expect(new RecentProviders(path).neededBy(['/1', '/64'])).toEqual(['fs-ext']);
});

test('needing nothing changes nothing', () => {
  const path = file();
  new RecentProviders(path).remember(['/a'], []);
  expect(existsSync(path)).toBe(false);
});

test.each(['{"not": ', '["fs-ext"]', '{}'])('a broken file means nothing: %s', (text) => {
  const path = file();
  new RecentProviders(path).remember(['/a'], ['fs-ext']);
  writeFileSync(path, text);
  expect(new RecentProviders(path).neededBy(['/a'])).toBe(null);
});
