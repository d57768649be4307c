/** Bytes of devices over HTTP. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesPath, STILL_READING_STATUS, UNREADABLE_HEADER } from '../../core/src/common/workbench/endpoints';
import { damagedExport } from '../support/damagedExport';
import { nbdkit } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { type RunningWorkbench, startWorkbench } from '../support/workbench';

const MIB = 1024 * 1024;

/** An image whose every 8 bytes tell their own place. */
async function numberedImage(bytes: number): Promise<string> {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 8) content.writeUInt32LE(at / 8, at);
  const path = join(await scratchFolder(), 'numbered.img');
  await writeFile(path, content);
  return path;
}

async function open(workbench: RunningWorkbench, path: string): Promise<string> {
  return (await workbench.request('devices/open', { path })).deviceId;
}

test('bytes are those of the device, at any offset and length', async () => {
  const workbench = await startWorkbench();
  const image = await numberedImage(3 * MIB);
  const deviceId = await open(workbench, image);
  const content = await readFile(image);
  for (const [offset, length] of [
    [0, 512],
    [1, 1],
    [511, 4099],
    [MIB + 3, MIB],
    [3 * MIB - 7, 7],
  ] as const) {
    const answer = await workbench.fetch(bytesPath(deviceId, offset, length));
    expect(answer.headers.get(UNREADABLE_HEADER)).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Buffer.from(await answer.arrayBuffer()).equals(content.subarray(offset, offset + length))).toBe(true);
  }
});

test('unreadable sectors are named, and zeros; what lies between them is read', async () => {
  const workbench = await startWorkbench();
  const image = await numberedImage(MIB);
  const bad = [
    { offset: 4096, length: 512 },
    { offset: 8192, length: 1536 },
    { offset: MIB - 512, length: 512 },
  ];
  const { uri } = await damagedExport(image, bad);
  const deviceId = await open(workbench, uri);
  const answer = await workbench.fetch(bytesPath(deviceId, 0, MIB));
  expect(answer.headers.get(UNREADABLE_HEADER)).toBe(bad.map(({ offset, length }) => `${offset}+${length}`).join(','));
  const expected = await readFile(image);
  for (const { offset, length } of bad) expected.fill(0, offset, offset + length);
  expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
});

test('only what was asked for is called unreadable', async () => {
  const workbench = await startWorkbench();
  const { uri } = await damagedExport(await numberedImage(MIB), [{ offset: 4096, length: 1024 }]);
  const deviceId = await open(workbench, uri);
  const answer = await workbench.fetch(bytesPath(deviceId, 4100, 100));
  expect(answer.headers.get(UNREADABLE_HEADER)).toBe('4100+100');
});

test('a device that hangs keeps nothing waiting but itself', async () => {
  requireTool('nbdkit');
  const workbench = await startWorkbench();
  const folder = await scratchFolder();
  const control = join(folder, 'pause.sock');
  const image = await numberedImage(MIB);
  const { uri } = await nbdkit('--filter=pause', 'file', image, `pause-control=${control}`);
  const hanging = await open(workbench, uri);
  const healthy = await open(workbench, image);
  await pauseControl(control, 'p');
  for (let page = 0; page < 8; page++) {
    expect((await workbench.fetch(bytesPath(hanging, page * 4096, 4096))).status).toBe(STILL_READING_STATUS);
  }
  const started = performance.now();
  expect((await workbench.fetch(bytesPath(healthy, 0, MIB))).status).toBe(200);
  await workbench.request('devices/list', {});
  expect(performance.now() - started).toBeLessThan(1000);

  await pauseControl(control, 'r');
  const path = bytesPath(hanging, 4096, 4096);
  let answer = await workbench.fetch(path);
  await waitFor(async () => answer.status === 200 || (answer = await workbench.fetch(path)).status === 200, 'it answers');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.equals((await readFile(image)).subarray(4096, 8192))).toBe(true);
});

/** Commands of nbdkit's pause filter: `p` holds requests back, `r` lets them go; it answers with the command in capitals. */
function pauseControl(path: string, command: 'p' | 'r'): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.write(command);
  });
}
