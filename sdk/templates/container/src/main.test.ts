import { equal, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { checkImage, damage, fuzzParser, openContainer } from '@diskwright/sdk/testing';
import { DEVICE_NAME } from './container';
import { DATA_OFFSET, header, MAGIC } from './header';
import plugin from './main';

const provider = plugin.containers!['example-name']!;

/** A device, and the members that hold it. Better: let the format's own tool make them, and hold your answers against what it was given. */
function makeMembers(container = 7): { device: Buffer; members: Buffer[] } {
  const parts = [Buffer.alloc(65536, 'first'), Buffer.alloc(131072, 'second')];
  const members = parts.map((part, index) => {
    const values = { magic: MAGIC, container, memberCount: parts.length, index, dataBytes: part.length };
    const start = header.encode(values, Buffer.alloc(header.size));
    return Buffer.concat([start, Buffer.alloc(DATA_OFFSET - start.length), part]);
  });
  return { device: Buffer.concat(parts), members };
}

const sources = (members: readonly Buffer[]): MemorySource[] => members.map((bytes) => new MemorySource(bytes));

test('the device is read as it was, whichever member is named first', async (context) => {
  const { device, members } = makeMembers();
  const strangers = makeMembers(8).members;
  for (const named of [members, members.toReversed()]) {
    const opened = await openContainer(provider, sources([...named, ...strangers]));
    context.after(() => opened.close());
    await checkImage(opened.container.device(DEVICE_NAME), device);
  }
});

test('what is missing is told, and refused', async (context) => {
  const { container, close } = await openContainer(provider, sources(makeMembers().members.slice(1)));
  context.after(close);
  equal(container.describe().devices[0]!.unavailable, 'of its members, number 0 are missing');
  throws(() => container.device(DEVICE_NAME), /number 0/);
});

test('a member that was copied in part fails where it ends', async (context) => {
  const { device, members } = makeMembers();
  const { container, close } = await openContainer(provider, sources([members[0]!, members[1]!.subarray(0, 65536)]));
  context.after(close);
  const { signal } = new AbortController();
  await rejects(container.device(DEVICE_NAME).read(0, device.length, signal), /ends at byte/);
});

test('damage never crashes it', async () => {
  await fuzzParser({
    seeds: [{ name: 'one of two', bytes: makeMembers().members[0]!, sectorSize: 512 }],
    mutate: (member, random) => damage(member, [{ offset: 0, length: header.size }], random),
    cases: 1000,
    async run(source) {
      const { container } = await openContainer(provider, [source, ...sources(makeMembers().members.slice(1))]);
      const { devices } = container.describe();
      if (devices[0]!.unavailable !== undefined || devices[0]!.size === 0) return;
      const { signal } = new AbortController();
      await container.device(DEVICE_NAME).read(0, Math.min(devices[0]!.size, 65536), signal);
    },
  });
});
