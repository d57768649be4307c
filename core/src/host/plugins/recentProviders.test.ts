import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PluginRegistry } from './pluginRegistry';
import { RecentProviders } from './recentProviders';

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'cache', 'recent.json');
}
const registry = { filesystems: () => [{ plugin: { id: 'fs-ext' } }, { plugin: { id: 'fs-fat' } }] } as unknown as PluginRegistry;

test('what was needed is known the next time, as far as it is still there', () => {
  const path = file();
  new RecentProviders(path).remember(['fs-gone', 'fs-ext']);
  expect(new RecentProviders(path).among(registry)).toEqual(['fs-ext']);
});

test('needing nothing changes nothing', () => {
  const path = file();
  new RecentProviders(path).remember([]);
  expect(existsSync(path)).toBe(false);
});

test('a broken file means none', () => {
  const path = file();
  new RecentProviders(path).remember(['fs-ext']);
  writeFileSync(path, '{"not": ');
  expect(new RecentProviders(path).among(registry)).toEqual([]);
});
