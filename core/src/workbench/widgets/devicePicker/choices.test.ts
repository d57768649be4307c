import { expect, test } from 'vitest';
import { deviceChoices, refusal, type PickOptions, volumeRefusal } from './choices';

const disk = {
  sectorSize: 512,
  model: null,
  serial: 'S1',
  transport: 'usb',
  readOnly: false,
  system: false,
  mounted: [] as string[],
};
const [system, mounted, small, image] = deviceChoices({
  disks: [
    { ...disk, path: '/dev/sda', size: 1000, system: true },
    { ...disk, path: '/dev/sdb', size: 1000, mounted: ['/mnt'] },
    { ...disk, path: '/dev/sdc', size: 10 },
  ],
  opened: [{ path: '/gone.img', size: null, error: 'there is no such file', waiting: false }],
  overlays: [],
});
const target: PickOptions = { role: 'target', format: 'device', minimumSize: 100 };

test('a target that must not be written is refused with the reason', () => {
  expect(refusal(system!, target)).toMatch(/runs from it/);
  expect(refusal(mounted!, target)).toBe('it is mounted at /mnt');
  expect(refusal(small!, target)).toBe('it is too small');
});

test('anything that can be opened is a source', () => {
  const source: PickOptions = { role: 'source', format: 'device' };
  expect([system, mounted, small].map((choice) => refusal(choice!, source))).toEqual([null, null, null]);
  expect(refusal(image!, source)).toBe('there is no such file');
});

test('what is taken already says what for', () => {
  expect(refusal(small!, { ...target, excluded: new Map([['/dev/sdc', 'is the source']]) })).toBe('is the source');
});

test('a volume is judged by its own size and its device by all else', () => {
  expect(volumeRefusal({ ...small!, size: 1000 }, target, 1, 50)).toBe('it is too small');
  expect(volumeRefusal(system!, target, 1, 500)).toMatch(/runs from it/);
});
