import { expect, test } from 'vitest';
import { nextNames } from './partNames';

test.each([
  ['disk.001', ['disk.002']],
  ['disk.999', ['disk.1000']],
  ['disk.img.aa', ['disk.img.ab']],
  ['disk.az', ['disk.ba']],
  ['disk.yz', ['disk.za', 'disk.zaaa']],
  ['disk.zz', []],
  ['disk', []],
])('behind %s comes %j', (name, next) => {
  expect(nextNames(name)).toEqual(next);
});
