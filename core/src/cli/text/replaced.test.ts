import { expect, test } from 'vitest';
import type { DeviceLayout, Plan, Step } from '@diskwright/sdk/protocol';
import { replacedBy } from './replaced';

const MIB = 1024 * 1024;

const partition = (number: number, start: number, label: string): DeviceLayout['partitions'][number] => ({
  number,
  start,
  size: 10 * MIB,
  type: '0x83',
  typeName: 'Linux',
  name: null,
  id: null,
  bootable: false,
  role: 'primary',
  filesystem: { type: 'ext4', label, uuid: null, size: 10 * MIB, used: null },
});

const layout: DeviceLayout = {
  device: { path: '/dev/sdx', size: 100 * MIB, sectorSize: 512 },
  table: { type: 'gpt', id: null },
  partitions: [partition(1, MIB, 'one'), partition(2, 11 * MIB, 'two')],
  volume: null,
  gaps: [],
  findings: [],
};

/** A plan that zeros these ranges of `target`. */
function planOf(...ranges: [number, number][]): Plan {
  const steps = ranges.map(([offset, length]): Step => ({
    kind: 'zero',
    phase: 'invalidate',
    structure: 'old signatures',
    reason: 'gone',
    target: { device: 'target', offset },
    length,
  }));
  return { steps } as Plan;
}

test('a plan that takes the table and all partitions takes all', () => {
  expect(replacedBy(planOf([0, 100 * MIB]), 'target', layout)).toEqual({
    text: 'All that is on /dev/sdx will be replaced.',
    holdsData: true,
    suffix: '',
  });
});

test('a plan for one partition is named after it', () => {
  const replaced = replacedBy(planOf([12 * MIB, 4096]), 'target', layout);
  expect(replaced.text).toBe('On /dev/sdx, what is in partition 2 (ext4 "two") will be replaced; the rest stays.');
  expect(replaced.suffix).toBe('#2');
});

test('a partition that ends where the plan begins is not touched', () => {
  expect(replacedBy(planOf([11 * MIB, 512]), 'target', layout).suffix).toBe('#2');
});

test('what writes outside of the partitions says so', () => {
  expect(replacedBy(planOf([0, 512]), 'target', layout).text).toMatch(/outside of its partitions/);
});

test('a disk on which nothing is recognised holds nothing', () => {
  const empty: DeviceLayout = { ...layout, table: { type: 'none', id: null }, partitions: [] };
  expect(replacedBy(planOf([0, 512]), 'target', empty).holdsData).toBe(false);
});
