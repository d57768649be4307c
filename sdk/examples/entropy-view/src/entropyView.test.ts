import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { createTestHost } from '@diskwright/sdk/testing';
import plugin from './main';

test('zeros, and random bytes, are told apart piece by piece', async (context) => {
  const disk = Buffer.concat([Buffer.alloc(8192), randomBytes(8192)]);
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  const view = await host.openView('example.entropyView', { subject: 'disk' });
  deepStrictEqual(await view.request('describe'), { bytes: 16384, pieceBytes: 512, pieces: 32 });
  const found = await view.request<number[]>('entropy', { first: 15, count: 2 });
  ok(found[0] === 0 && found[1]! > 7);
  await rejects(view.request('entropy', { first: 31, count: 2 }), /no such pieces/);
  await view.close();
  ok(host.openLeases === 0);
});
