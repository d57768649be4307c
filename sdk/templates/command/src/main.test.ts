import { deepStrictEqual, match, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySource } from '@diskwright/sdk/block';
import { createTestHost } from '@diskwright/sdk/testing';
import plugin from './main';

const COMMAND = 'example-name.stamp';
const blankDisk = () => new MemorySource(Buffer.alloc(1024 * 1024));

test('a blank disk gets a plan that writes the text', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: blankDisk() } });
  context.after(() => host.close());
  const result = await host.execute(COMMAND, { target: 'disk', text: 'Mine' }, { named: { target: 'disk' } });
  ok(result.kind === 'plan');
  deepStrictEqual(
    result.plan.steps.map(({ kind, structure }) => [kind, structure]),
    [
      ['assert', 'boot code'],
      ['write', 'boot code area'],
    ],
  );
});

test('a disk with boot code is refused', async (context) => {
  const disk = Buffer.alloc(1024 * 1024);
  disk[0] = 0xeb;
  const host = await createTestHost(plugin, { devices: { disk: new MemorySource(disk) } });
  context.after(() => host.close());
  await rejects(host.execute(COMMAND, { target: 'disk', text: 'Mine' }, { named: { target: 'disk' } }), /boot code already/);
});

test('the form tells of a text that cannot be written', async (context) => {
  const host = await createTestHost(plugin, { devices: { disk: blankDisk() } });
  context.after(() => host.close());
  const { errors } = await host.resolve(COMMAND, { text: 'ä' });
  match(errors[0]!.message, /cannot be written/);
});
