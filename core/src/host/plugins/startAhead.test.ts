import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PluginRegistry } from './pluginRegistry';
import { RecentProviders } from './recentProviders';
import { devicesAmong, startAhead } from './startAhead';

const providers = (ids: string[], contribution = {}) => ids.map((id) => ({ plugin: { id }, contribution }));
const registry = {
  commands: () => [],
  get: (id: string) => ({ id }),
  partitionTables: () => providers(['table']),
  filesystems: () => providers(['fs-ext', 'fs-ntfs']),
  containers: () => [],
  imageFormats: () => providers(['image-qcow2'], { extensions: ['qcow2'] }),
} as unknown as PluginRegistry;

function started(recent: RecentProviders, ...words: string[]): string[] {
  const ids: string[] = [];
  const launcher = { startAhead: ({ id }: { id: string }) => ids.push(id) } as never;
  startAhead(registry, recent, launcher, { words, opensDevices: true });
  return ids;
}

function emptyRecent(): RecentProviders {
  const folder = mkdtempSync(join(tmpdir(), 'diskwright-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return new RecentProviders(join(folder, 'recent.json'));
}

test('devices are told by their partitions or by being there, and count without the path on them', () => {
  const words = ['extract', 'a.img#1:/etc/x', 'a.img#1:/y', 'b.img#0@root#2', '/dev/null', 'not there'];
  expect(devicesAmong(words)).toEqual([resolve('a.img#1'), resolve('b.img#0@root#2'), '/dev/null']);
});

test('for a device that is new it is guessed', () => {
  const recent = emptyRecent();
  expect(started(recent, 'info', '/a.qcow2#1')).toEqual(['image-qcow2', 'table']);
  expect(started(recent, 'info', '/a.img#0')).toEqual([]);
  recent.remember(['/b#1'], ['fs-ext', 'table']);
  expect(started(recent, 'info', '/a.img#0')).toEqual(['fs-ext']);
});

test('for a device that was seen before it is known', () => {
  const recent = emptyRecent();
  recent.remember(['/a.img#1'], ['fs-ext', 'table']);
  recent.remember(['/b.qcow2#0'], ['fs-ntfs']);
  expect(started(recent, 'info', '/a.img#1')).toEqual(['fs-ext', 'table']);
  expect(started(recent, 'info', '/b.qcow2#0')).toEqual(['fs-ntfs']);
});
