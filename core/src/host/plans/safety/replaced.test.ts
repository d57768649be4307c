import { expect, test } from 'vitest';
import type { ByteRange, DeviceLayout } from '@diskwright/sdk/protocol';
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

/** Partitions from 1 to 11 and from 11 to 21 MiB. */
const layout: DeviceLayout = {
  device: { path: '/dev/sdx', size: 100 * MIB, sectorSize: 512 },
  table: { type: 'gpt', id: null },
  partitions: [partition(1, MIB, 'one'), partition(2, 11 * MIB, 'two')],
  volume: null,
  gaps: [],
  findings: [],
};

const range = (offset: number, length: number): ByteRange => ({ offset, length });
const ALL = { text: 'All that is on /dev/sdx will be replaced.', holdsData: true, suffix: '' };

test('what is written to the table and to all partitions replaces all', () => {
  expect(replacedBy([range(0, 100 * MIB)], layout)).toEqual(ALL);
});

test('what is written to the table and to one partition replaces all', () => {
  expect(replacedBy([range(0, 512), range(2 * MIB, 512)], layout)).toEqual(ALL);
});

test('what reaches from one partition into the next replaces all', () => {
  expect(replacedBy([range(10 * MIB, 2 * MIB)], layout)).toEqual(ALL);
});

test('what lies within one partition replaces that one, which is named', () => {
  const replaced = replacedBy([range(11 * MIB, 512), range(21 * MIB - 512, 512)], layout);
  expect(replaced.text).toBe('On /dev/sdx, what is in partition 2 (ext4 "two") will be replaced; the rest stays.');
  expect(replaced.suffix).toBe('#2');
});

test('what is written outside of the partitions says so', () => {
  expect(replacedBy([range(0, 512)], layout).text).toMatch(/outside of its partitions/);
});

test('a device that is one volume is replaced as a whole', () => {
  const { filesystem } = partition(1, 0, 'x');
  const one: DeviceLayout = { ...layout, table: { type: 'none', id: null }, partitions: [], volume: filesystem };
  expect(replacedBy([range(4096, 512)], one)).toEqual(ALL);
});

test('a disk on which nothing is recognised holds nothing', () => {
  const empty: DeviceLayout = { ...layout, table: { type: 'none', id: null }, partitions: [] };
  expect(replacedBy([range(0, 512)], empty).holdsData).toBe(false);
});
