import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { checkFilesystemProvider, createTestHost } from '@diskwright/sdk/testing';
import plugin from './main';
import { MAGIC, superblock } from './superblock';

const provider = plugin.filesystems!['example-name']!;

/** A volume of 64 blocks, the first ten in use. Better: let the format's own tool make one, and hold your answers against what it says. */
function makeVolume(mounted = 0): Buffer {
  const volume = Buffer.alloc(64 * 1024);
  const values = { magic: MAGIC, blockBytes: 1024, blockCount: 64, usedCount: 10, mounted, label: 'data' };
  superblock.encode(values, volume.subarray(0, superblock.size)).copy(volume);
  return volume;
}

test('it does what every provider has to', () => checkFilesystemProvider({ provider, volume: makeVolume() }));

test('through the protocol: type, label and what is used', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(makeVolume()) } });
  context.after(() => host.close());
  const volume = await host.openVolume({ deviceId: 'disk', partition: 0 });
  strictEqual((await volume!.info()).label, 'data');
  const { extents } = await volume!.allocation();
  deepStrictEqual([...host.extents(extents!)], [{ offset: 0, length: 10 * 1024 }]);
});

test('of a mounted one nothing is said to be free', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(makeVolume(1)) } });
  context.after(() => host.close());
  const volume = await host.openVolume({ deviceId: 'disk', partition: 0 });
  const { confidence, reasons } = await volume!.allocation();
  strictEqual(confidence, 'unknown');
  ok(reasons.length > 0);
});
