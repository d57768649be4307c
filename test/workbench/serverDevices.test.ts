/** Devices as a page is told of them, over the real server. */
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { nbdkit } from '../support/nbdServer';
import { scratchFolder } from '../support/scratch';
import { suspend } from '../support/suspend';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { startWorkbench } from '../support/workbench';

async function setting() {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const lab = await makeLab(join(home, 'lab'));
  return { folder, home, ...lab, workbench: await startWorkbench({ home }) };
}

/** An overlay of the lab's disk: its clone, simulated. */
async function simulated(home: string, disk: string, target: string): Promise<string> {
  return (await cliJson<{ overlay: string }>(['clone', 'disk', disk, target, '--simulate'], { home })).overlay;
}

test('an image that was opened is listed in the next session and in other windows, until it is forgotten', async () => {
  const { disk, home, workbench } = await setting();
  let changes = 0;
  await workbench.connect({ 'devices/changed': () => void changes++ });
  await workbench.request('devices/open', { path: disk });
  await waitFor(() => changes > 0, 'the other window is told');
  await workbench.dispose();
  const next = await startWorkbench({ home });
  const { opened } = await next.request('devices/list', {});
  expect(opened).toEqual([{ path: disk, size: 96 * 1024 * 1024, error: null, waiting: false }]);
  await next.request('devices/forget', { path: disk });
  expect((await next.request('devices/list', {})).opened).toEqual([]);
});

test('what others do to an image is told to pages, and the list says when it is gone', async () => {
  const { folder, workbench } = await setting();
  const path = join(folder, 'short-lived.img');
  await writeFile(path, Buffer.alloc(4096));
  await workbench.request('devices/open', { path });
  let changes = 0;
  const page = await workbench.connect({ 'devices/changed': () => void changes++ });
  await waitFor(async () => {
    await appendFile(path, Buffer.alloc(512));
    return changes > 0;
  }, 'the page is told that it grows');
  await rm(path);
  expect((await page.request('devices/list', {})).opened).toEqual([
    { path, size: null, error: 'no such file or directory', waiting: false },
  ]);
});

test('a hanging export delays neither the list nor what else is asked', async () => {
  requireTool('nbdkit');
  const { disk, workbench } = await setting();
  const { uri } = await nbdkit('--filter=delay', 'memory', '64M', 'rdelay=0');
  const { deviceId, size } = await workbench.request('devices/open', { path: uri });
  expect((await workbench.request('devices/list', {})).opened).toEqual([{ path: uri, size, error: null, waiting: false }]);
  const slow = await nbdkit('--filter=delay', 'memory', '64M', 'rdelay=30');
  const opening = workbench.request('devices/open', { path: slow.uri }, AbortSignal.timeout(2000));
  opening.catch(() => undefined);
  const startedAt = performance.now();
  const { disks, opened } = await workbench.request('devices/list', {});
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(Array.isArray(disks)).toBe(true);
  expect(opened.map(({ path }) => path)).toEqual([uri]);
  const { deviceId: other } = await workbench.request('devices/open', { path: disk });
  expect((await workbench.request('devices/layout', { deviceId: other })).layout.partitions).toHaveLength(3);
  expect(deviceId).not.toBe(other);
  await expect(opening).rejects.toMatchObject({ code: 'Cancelled' });
});

test('an export that does not answer is waited for in the list, and is as before when it does', async () => {
  requireTool('nbdkit');
  const { workbench } = await setting();
  const server = await nbdkit('memory', '64M');
  await workbench.request('devices/open', { path: server.uri });
  await suspend(server.pid);
  try {
    const startedAt = performance.now();
    const { opened } = await workbench.request('devices/list', {});
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(opened).toEqual([{ path: server.uri, size: 64 * 1024 * 1024, error: null, waiting: true }]);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  const isAnswered = async () => !(await workbench.request('devices/list', {})).opened[0]!.waiting;
  await waitFor(isAnswered, 'the export is as it was');
});

test('overlays are listed with what they lie on, and removed unless they are served', async () => {
  requireTool('nbdinfo');
  const { home, disk, bigger, workbench } = await setting();
  const overlay = await simulated(home, disk, bigger);
  const { overlays } = await workbench.request('devices/list', {});
  expect(overlays).toEqual([
    { name: overlay, base: bigger, createdAt: expect.stringMatching(/^20\d\d-/) as string, size: 160 * 1024 * 1024 },
  ]);
  const { deviceId } = await workbench.request('devices/open', { path: overlay });
  await workbench.request('structures/at', { deviceId, range: { offset: 0, length: 512 } });
  expect((await workbench.fetch(`/api/devices/${deviceId}/bytes?offset=0&length=512`)).status).toBe(200);
  const served = await workbench.request('exports/start', { deviceId, socketPath: null, writable: false });
  expect((await must('nbdinfo', '--size', served.uri)).trim()).toBe(String(160 * 1024 * 1024));
  const refused = workbench.request('overlays/remove', { name: overlay });
  await expect(refused).rejects.toMatchObject({
    code: 'Refused',
    message: expect.stringContaining('is served over NBD') as string,
  });
  await workbench.request('exports/stop', { exportId: served.exportId });
  await workbench.request('overlays/remove', { name: overlay });
  expect((await workbench.request('devices/list', {})).overlays).toEqual([]);
  await expect(workbench.request('devices/open', { path: overlay })).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a folder is listed for choosing: folders first, then files by name, hidden ones last', async () => {
  const { folder, workbench } = await setting();
  const place = join(folder, 'images');
  await mkdir(join(place, 'older'), { recursive: true });
  for (const name of ['disk10.img', 'disk9.img', '.hidden', '<b>.img']) await writeFile(join(place, name), name);
  const listing = await workbench.request('files/list', { folder: place });
  expect(listing).toMatchObject({ folder: place, parent: folder, truncated: false });
  expect(listing.entries.map(({ name, kind }) => [name, kind])).toEqual([
    ['older', 'folder'],
    ['<b>.img', 'file'],
    ['disk9.img', 'file'],
    ['disk10.img', 'file'],
    ['.hidden', 'file'],
  ]);
  const missing = workbench.request('files/list', { folder: join(folder, 'missing') });
  await expect(missing).rejects.toMatchObject({ code: 'Failed', message: expect.stringContaining('no such file') as string });
});

test('of a folder with more than a message holds, as much is listed as fits', async () => {
  const { folder, workbench } = await setting();
  const place = join(folder, 'images');
  await mkdir(place);
  const names = Array.from({ length: 5000 }, (_, index) => `${String(index).padStart(4, '0')}-${'画'.repeat(80)}`);
  await Promise.all(names.map((name) => writeFile(join(place, name), '')));
  const { entries, truncated } = await workbench.request('files/list', { folder: place });
  expect(truncated).toBe(true);
  expect(entries.map(({ name }) => name)).toEqual(names.slice(0, entries.length));
});

test('a layout tells where partitions may lie and where the table lies, as sgdisk does', async () => {
  requireTool('sgdisk');
  const { disk, workbench } = await setting();
  const { deviceId } = await workbench.request('devices/open', { path: disk });
  const { usable, structures } = await workbench.request('devices/layout', { deviceId });
  const [, first, last] = /First usable sector is (\d+), last usable sector is (\d+)/.exec(await must('sgdisk', '-p', disk))!;
  expect(usable).toEqual({ offset: Number(first) * 512, length: (Number(last) + 1 - Number(first)) * 512 });
  expect(structures.map(({ name }) => name)).toContain('primary GPT header');
});
