import type { PlanDevice } from '@diskwright/sdk/protocol';
import { expect, test } from 'vitest';
import { movedDevices } from './movedDevices';

const identity = { kind: 'block', size: 1000, sectorSize: 512, model: 'M', serial: 'S1', fingerprint: 'f' } as const;
const target: PlanDevice = { name: 'target', role: 'target', path: '/dev/sdb', identity };
const disk = (path: string, serial: string | null): { path: string; size: number; model: string; serial: string | null } => ({
  path,
  size: 1000,
  model: 'M',
  serial,
});

test('a disk that has another name now is found by its serial number', () => {
  expect(movedDevices([target], [disk('/dev/sdb', 'S2'), disk('/dev/sdc', 'S1')])).toEqual({ target: '/dev/sdc' });
});

test.each([
  ['is where it was', [disk('/dev/sdb', 'S1')]],
  ['is not there', [disk('/dev/sdb', 'S2')]],
  ['has two names', [disk('/dev/sdc', 'S1'), disk('/dev/sdd', 'S1')]],
])('a disk that %s is looked for where it was', (_, listed) => {
  expect(movedDevices([target], listed)).toEqual({});
});

test('images and disks without a serial number are where they were', () => {
  const image: PlanDevice = { ...target, identity: { ...identity, kind: 'file' } };
  const nameless: PlanDevice = { ...target, identity: { ...identity, serial: null } };
  expect(movedDevices([image, nameless], [disk('/dev/sdc', null), disk('/dev/sdd', 'S1')])).toEqual({});
});
