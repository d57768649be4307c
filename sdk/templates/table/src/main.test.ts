import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { createTestHost, damage, fuzzParser } from '@diskwright/sdk/testing';
import { header, MAGIC } from './header';
import plugin from './main';

const provider = plugin.partitionTables!['example-name']!;

/** A disk of 1 MiB with partitions at these sectors. Better: let the table's own tool make one, and hold your answers against what it says. */
function makeDisk(...partitions: [startSector: number, sectorCount: number][]): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  const entries = Array.from({ length: 8 }, (_, index) => {
    const [startSector, sectorCount] = partitions[index] ?? [0, 0];
    return { startSector, sectorCount, type: sectorCount > 0 ? 1 : 0 };
  });
  header.encode({ magic: MAGIC, diskId: 0x1234, entries }, disk.subarray(0, header.size)).copy(disk);
  return disk;
}

test('partitions are read through the protocol', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(makeDisk([8, 100], [200, 1000])) } });
  context.after(() => host.close());
  const { partitions } = await host.layout('disk');
  deepStrictEqual(
    partitions.map(({ number, start, size }) => [number, start, size]),
    [
      [1, 4096, 51200],
      [2, 102400, 512000],
    ],
  );
});

test('a partition beyond the end is a finding', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(makeDisk([8, 1_000_000])) } });
  context.after(() => host.close());
  const table = await host.openTable('disk');
  strictEqual((await table!.read()).findings.length, 1);
});

test('damage never crashes it', async () => {
  const { signal } = new AbortController();
  const context = { signal, offset: 0, log: { error() {}, warn() {}, info() {}, debug() {} } };
  await fuzzParser({
    seeds: [{ name: 'two partitions', bytes: makeDisk([8, 100], [200, 1000]), sectorSize: 512 }],
    mutate: (image, random) => damage(image, [{ offset: 0, length: header.size }], random),
    cases: 1000,
    async run(source) {
      if ((await provider.probe(source, context)).score === 0) return;
      const table = await provider.open(source, context);
      await table.read(signal);
    },
  });
});
