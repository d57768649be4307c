import { expect, test } from 'vitest';
import { SeededRandom } from '../seededRandom';
import { type ConformanceContainer, compareContainer } from './compareContainer';
import { type ContainerListing, listedContent } from './containerConformance';

const content = new SeededRandom(3).bytes(300_000);

function containerWith(bytes: Buffer, more: Partial<ConformanceContainer['description']> = {}): ConformanceContainer {
  const device = { name: 'data', size: bytes.length, sectorSize: null };
  return {
    description: { type: 'box', label: 'a', uuid: null, details: [], warnings: [], devices: [device], ...more },
    withDevice: (_, use) => use(bytes.length, (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length))),
  };
}

const expected: ContainerListing = {
  type: 'box',
  label: 'a',
  devices: new Map([['data', { size: content.length, contents: [listedContent(content)] }]]),
  fields: [],
};

test('a container that is as the oracle says is equal', async () => {
  const { different, bytes, devices } = await compareContainer(containerWith(content), expected, 1);
  expect({ different, bytes, devices }).toEqual({ different: 0, bytes: content.length, devices: 1 });
});

test('one byte that is another is a difference', async () => {
  const other = Buffer.from(content);
  other[123_456]! ^= 1;
  const { differences } = await compareContainer(containerWith(other), expected, 1);
  expect(differences).toEqual(['data: the 300000 bytes at 0 are others than by the oracle']);
});

test('a device that is shorter is a difference, and is not read behind its end', async () => {
  const { differences } = await compareContainer(containerWith(content.subarray(0, 4096)), expected, 1);
  expect(differences).toEqual([
    'data: size is 4096, by the oracle 300000',
    'data: ends at 4096, by the oracle there are 300000 bytes at 0',
  ]);
});

test('devices, names and warnings that differ are told', async () => {
  const found = containerWith(content, {
    label: 'b',
    warnings: ['It is degraded.'],
    devices: [{ name: 'other', size: 1, sectorSize: 512 }],
  });
  const { differences } = await compareContainer(found, { ...expected, warnings: [/stale/] }, 1);
  expect(differences).toEqual([
    'label is "b", by the oracle "a"',
    'it does not warn: /stale/',
    'it warns, but not by the oracle: It is degraded.',
    'other is there, but not by the oracle',
    'data is missing',
  ]);
});

test('a device that is to be unavailable for one reason is not for another', async () => {
  const found = containerWith(content, { devices: [{ name: 'data', size: 1, sectorSize: null, unavailable: 'it is RAID5' }] });
  const wanted = (unavailable: RegExp): ContainerListing => ({ ...expected, devices: new Map([['data', { unavailable }]]) });
  expect((await compareContainer(found, wanted(/RAID5/), 1)).different).toBe(0);
  expect((await compareContainer(found, wanted(/missing/), 1)).different).toBe(1);
  expect((await compareContainer(containerWith(content), wanted(/missing/), 1)).different).toBe(1);
});
