import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { createTestHost } from '@diskwright/sdk/testing';
import plugin from './main';

test('pieces of zeros and others are told apart, joined to runs', async (context) => {
  const disk = Buffer.alloc(16 * 4096);
  disk[5 * 4096] = 1;
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  const result = await host.execute('example-name.zeros', { source: 'disk', pieces: 16 }, { named: { source: 'disk' } });
  ok(result.kind === 'view' && result.view.view === 'map');
  deepStrictEqual(result.view.runs, [
    { category: 'zeros', count: 5 },
    { category: 'data', count: 1 },
    { category: 'zeros', count: 10 },
  ]);
});

test('nothing is left open', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(Buffer.alloc(4096)) } });
  context.after(() => host.close());
  await host.execute('example-name.zeros', { source: 'disk', pieces: 1 }, { named: { source: 'disk' } });
  ok(host.openLeases === 0);
});
