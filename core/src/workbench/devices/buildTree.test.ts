import { expect, test } from 'vitest';
import type { DeviceList } from '../api';
import { sampleLayout } from '../layout/testing/sampleLayout';
import { buildTree, type TreeSource } from './buildTree';

const list: DeviceList = {
  disks: [],
  opened: [
    { path: '/a.img', size: 1024, error: null, waiting: false },
    { path: '/gone.img', size: null, error: 'there is no such file', waiting: false },
  ],
  overlays: [],
};
const layout = sampleLayout({
  partitions: [
    {
      number: 1,
      start: 1,
      size: 9,
      filesystem: { type: 'ext4', label: '\u001b[31m<img onerror>', uuid: null, size: 100, used: 25 },
    },
  ],
});
const source = (change: Partial<TreeSource> = {}): TreeSource => ({
  list,
  label: (path) => path.slice(1),
  isExpanded: (id) => id === 'opened' || id === 'disks',
  layout: () => ({ kind: 'known', value: layout }),
  structures: () => null,
  ...change,
});
const labels = (change?: Partial<TreeSource>): string[] => buildTree(source(change)).map(({ label }) => label);

test('an empty group says what to do, a device that cannot be opened why', () => {
  expect(labels()).toEqual([
    'Disks',
    'No disk was found',
    'Images and exports',
    'a.img',
    'gone.img',
    'Cannot be opened: there is no such file',
  ]);
});

test('an expanded device shows its table and volumes with what is on them', () => {
  const rows = buildTree(
    source({ isExpanded: (id) => id !== 'device:/gone.img' && !id.includes('#') && !id.endsWith('/table') }),
  );
  expect(rows.find(({ kind }) => kind === 'volume')).toMatchObject({
    description: 'ext4 · 9 MiB · 25 % used',
    target: { path: '/a.img', partition: 1 },
  });
});

test('a device that has not answered yet says so, and can be expanded to wait for it or to cancel', () => {
  const waiting = { ...list, opened: [{ path: '/slow', size: 1024, error: null, waiting: true }] };
  const rows = buildTree(source({ list: waiting, isExpanded: () => true, layout: () => ({ kind: 'waiting' }) }));
  expect(rows.find(({ kind }) => kind === 'device')).toMatchObject({
    description: '1 KiB · has not answered yet',
    expanded: true,
  });
  expect(rows.map(({ kind }) => kind)).toContain('cancel');
});

test('control characters of a label are not shown as such', () => {
  const { label } = buildTree(source({ isExpanded: (id) => !id.includes('#') })).find(({ kind }) => kind === 'volume')!;
  expect(label).not.toContain('\u001b');
  expect(label).toContain('<img onerror>');
});

test('structures come by page', () => {
  const entries = [{ name: 'superblock', offset: 1024, length: 1024, findings: 1 }];
  const rows = buildTree(
    source({ isExpanded: () => true, structures: () => ({ entries, next: 1, loading: false, error: null }) }),
  );
  expect(rows.filter(({ kind }) => kind === 'structure')[0]).toMatchObject({ description: '1 KiB at 1 KiB · 1 finding' });
  expect(rows.some(({ kind }) => kind === 'more')).toBe(true);
});

test('a device that hangs says so', () => {
  expect(labels({ isExpanded: () => true, layout: () => ({ kind: 'waiting' }) })).toContain('Waiting: it has not answered yet');
});
