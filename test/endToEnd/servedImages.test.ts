/** A device that a plugin serves, when the plugin ends or is to be exchanged. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostHere } from '../support/hostHere';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const PLUGIN = 'image-qcow2';

async function openImage() {
  requireTool('qemu-img');
  const folder = await scratchFolder();
  const [raw, path] = [join(folder, 'disk.img'), join(folder, 'disk.qcow2')];
  const content = randomBytes(2 * 1024 * 1024);
  await writeFile(raw, content);
  await must('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, path);
  const host = await hostHere(folder);
  const device = await host.devices.open(path);
  return { host, device, content };
}

test('says in what image it lies, and that nothing can be written', async () => {
  const { device } = await openImage();
  expect(device).toMatchObject({
    readOnly: true,
    identity: { kind: 'image' },
    image: { type: 'qcow2', plugin: PLUGIN, files: [device.path], snapshot: null },
  });
});

test('is opened again after its plugin has ended, with a new process of it', async () => {
  const { host, device, content } = await openImage();
  await host.plugins.supervisor.processOf(PLUGIN)!.end('the test ended it');
  const bytes = await host.devices.peek(device.deviceId, 1024 * 1024, 4096).catch((error: Error) => error);
  // The first look may still meet the connection that ends.
  if (bytes instanceof Error) expect(bytes).toMatchObject({ code: 'DeviceGone', message: expect.stringContaining(PLUGIN) });
  const again = await host.devices.peek(device.deviceId, 1024 * 1024, 4096);
  expect(again.equals(content.subarray(1024 * 1024, 1024 * 1024 + 4096))).toBe(true);
});

test('is closed with its last use', async () => {
  const { host, device } = await openImage();
  await host.devices.rest(device.deviceId);
  await expect.poll(() => host.devices.check(device.deviceId)).toBe(false);
});
