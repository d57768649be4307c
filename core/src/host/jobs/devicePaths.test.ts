import { expect, test } from 'vitest';
import { placedDevices } from './devicePaths';

const DEVICES = [{ name: 'source' }, { name: 'target' }];

test('a path is one of the current folder', () => {
  expect(placedDevices(DEVICES, { target: './disk.img', source: 'raw:disk.img' }, '/nowhere')).toEqual({
    target: `${process.cwd()}/disk.img`,
    source: `raw:${process.cwd()}/disk.img`,
  });
});

test('what is no device of the plan is not passed over', () => {
  expect(() => placedDevices(DEVICES, { taget: '/dev/sdb' }, '/nowhere')).toThrow(/no device named taget/);
});
