import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
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

test('the page is told of a piece when it asks, and of none that is not there', async (context) => {
  const disk = Buffer.alloc(256 * 512);
  disk[512] = 1;
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  const view = await host.openView('example-name.page', { subject: 'disk' });
  deepStrictEqual(await view.request('describe'), { pieceBytes: 512, count: 256 });
  deepStrictEqual([await view.request('isEmpty', 0), await view.request('isEmpty', 1)], [true, false]);
  await rejects(view.request('isEmpty', 256), /there is no piece 256/);
  await view.close();
});
