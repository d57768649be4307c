import { expect, test } from 'vitest';
import { isNbdUri, parseNbdUri } from './uri';

test.each([
  ['nbd://host', { connect: { host: 'host', port: 10809 }, exportName: '' }],
  ['nbd://host:1234/a%20b', { connect: { host: 'host', port: 1234 }, exportName: 'a b' }],
  ['nbd://[::1]/x', { connect: { host: '::1', port: 10809 }, exportName: 'x' }],
  ['nbd+unix:///?socket=/tmp/s%20x', { connect: { path: '/tmp/s x' }, exportName: '' }],
  ['nbd+unix:///disk?socket=/s', { connect: { path: '/s' }, exportName: 'disk' }],
])('%s', (uri, address) => {
  expect(isNbdUri(uri)).toBe(true);
  expect(parseNbdUri(uri)).toEqual(address);
});

test.each([
  ['nbd+unix:///', 'InvalidInput'],
  ['nbd:///export', 'InvalidInput'],
  ['nbd://host/%zz', 'InvalidInput'],
  ['nbds://host', 'NotSupported'],
])('%s is refused', (uri, code) => {
  expect(() => parseNbdUri(uri)).toThrow(expect.objectContaining({ code }));
});
