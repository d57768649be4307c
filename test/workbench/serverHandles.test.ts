/** What was looked at in a window can be detached, ejected and ended soon after. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { attachLoop, backingOf } from '../support/loopDevice';
import { nbdkit, qemuNbdOnce } from '../support/nbdServer';
import { openFiles } from '../support/openFiles';
import { processesOf } from '../support/processesOf';
import { startCli } from '../support/runningCli';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';
import { startWorkbench, type RunningWorkbench } from '../support/workbench';

const MIB = 1024 * 1024;
/** Number of the ext4 partition of the lab's disk. */
const PHOTOS = 2;

async function setting() {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const lab = await makeLab(join(home, 'lab'));
  const workbench = await startWorkbench({ home });
  return { folder, home, ...lab, workbench, service: sectorServices(home)[0]! };
}

function sectorServices(home: string): number[] {
  return processesOf(home)
    .filter((line) => line.includes('sector.cjs'))
    .map((line) => Number(line.split(' ')[0]));
}

const isOpen = (pid: number, path: string): boolean => openFiles(pid).includes(path);

/** All that the window's editors and views ask of a device. */
async function lookAt(workbench: RunningWorkbench, path: string): Promise<string> {
  const { deviceId } = await workbench.request('devices/open', { path });
  const { layout } = await workbench.request('devices/layout', { deviceId });
  const photos = layout.partitions[PHOTOS - 1]!;
  expect((await workbench.fetch(`/api/devices/${deviceId}/bytes?offset=0&length=65536`)).status).toBe(200);
  await workbench.request('structures/list', { deviceId, scope: null, from: 0 });
  const range = { offset: photos.start + 1024, length: 1024 };
  expect((await workbench.request('structures/at', { deviceId, range })).structures).not.toEqual([]);
  const { chain } = await workbench.request('owner/chain', { deviceId, offset: photos.start + 1024 + 56 });
  expect(chain.at(-1)).toMatchObject({ field: 'magic' });
  await workbench.request('volumes/allocationMap', { deviceId, partition: PHOTOS, cells: 64 });
  return deviceId;
}

test('a loop device that was looked at is free soon after, and can be looked at again', async () => {
  requireRoot();
  requireTool('losetup');
  const { disk, workbench, service } = await setting();
  const device = await attachLoop(disk);
  const before = openFiles(service).length;
  const deviceId = await lookAt(workbench, device);
  expect(isOpen(service, device)).toBe(true);
  await waitFor(() => !isOpen(service, device), 'the device is closed');
  await waitFor(() => openFiles(service).length === before, 'as many files are open as before');
  expect(await lookAt(workbench, device)).toBe(deviceId);
  await waitFor(() => !isOpen(service, device), 'the device is closed again');
  await must('losetup', '--detach', device);
  await waitFor(async () => (await backingOf(device)) === null, 'the device is free');
});

test('losetup -d while a window looks at it takes effect within seconds', async () => {
  requireRoot();
  requireTool('losetup');
  const { disk, workbench } = await setting();
  const device = await attachLoop(disk);
  await lookAt(workbench, device);
  await must('losetup', '--detach', device);
  await waitFor(async () => (await backingOf(device)) === null, 'the kernel has let go of the file');
});

test('another disk under the same name is told of, and read when it is opened', { tags: ['alone'] }, async () => {
  requireRoot();
  requireTool('losetup');
  const { folder, disk, bigger, workbench, service } = await setting();
  const device = await attachLoop(disk);
  const told: string[] = [];
  await workbench.connect({ 'devices/contentChanged': ({ path }) => void told.push(path) });
  const deviceId = await lookAt(workbench, device);
  await waitFor(() => !isOpen(service, device), 'the device is closed');
  await must('losetup', '--detach', device);
  const other = join(folder, 'other.img');
  await copyFile(bigger, other);
  await must('losetup', device, other);
  const stale = await workbench.fetch(`/api/devices/${deviceId}/bytes?offset=0&length=512`);
  expect(await stale.text()).toContain(`${device} is not what it was when it was opened`);
  await waitFor(() => told.includes(device), 'windows are told');
  const opened = await workbench.request('devices/open', { path: device });
  expect(opened).toMatchObject({ size: 160 * MIB });
  expect((await workbench.fetch(`/api/devices/${opened.deviceId}/bytes?offset=0&length=512`)).status).toBe(200);
});

test('an overlay keeps its base open while it is served, and no longer', async () => {
  requireTool('nbdinfo');
  const { home, disk, bigger, workbench, service } = await setting();
  const { overlay } = await cliJson<{ overlay: string }>(['clone', 'disk', disk, bigger, '--simulate'], { home });
  await lookAt(workbench, overlay);
  expect(isOpen(service, bigger)).toBe(true);
  await waitFor(() => !isOpen(service, bigger), 'the base is closed');
  const { deviceId } = await workbench.request('devices/open', { path: overlay });
  const { exportId, uri } = await workbench.request('exports/start', { deviceId, socketPath: null, writable: true });
  await workbench.request('devices/open', { path: join(home, 'lab', 'demo-disk.img') });
  await waitFor(() => openFiles(service).filter((path) => path === disk).length === 1, 'only the overlay has its source open');
  expect((await must('nbdinfo', '--size', uri)).trim()).toBe(String(160 * MIB));
  expect(isOpen(service, bigger)).toBe(true);
  await workbench.request('exports/stop', { exportId });
  await waitFor(() => !isOpen(service, bigger), 'the base is closed again');
});

test('an export stays connected while an editor shows it, and its server ends when it is forgotten', async () => {
  requireTool('qemu-nbd');
  const { folder, disk, smaller, workbench, service } = await setting();
  const image = join(folder, 'served.img');
  await copyFile(disk, image);
  const server = await qemuNbdOnce('raw', image);
  const page = await workbench.connect();
  await page.request('devices/shown', { paths: [server.uri] });
  await lookAt(workbench, server.uri);
  await workbench.request('devices/open', { path: smaller });
  await waitFor(() => !isOpen(service, smaller), 'what is not shown is closed');
  expect(server.running()).toBe(true);
  await lookAt(workbench, server.uri);
  await workbench.request('devices/forget', { path: server.uri });
  await waitFor(() => !server.running(), 'qemu-nbd has ended');
  expect((await workbench.request('devices/list', {})).opened.map(({ path }) => path)).not.toContain(server.uri);
});

test('an export is let go with the window that shows it', async () => {
  requireTool('qemu-nbd');
  const { disk, folder, workbench } = await setting();
  const image = join(folder, 'served.img');
  await copyFile(disk, image);
  const server = await qemuNbdOnce('raw', image);
  const page = await workbench.connect();
  await page.request('devices/shown', { paths: [server.uri] });
  await lookAt(workbench, server.uri);
  page.close();
  await waitFor(() => !server.running(), 'qemu-nbd has ended');
});

test("an export's size stands in the list of the next session, without its server being connected to", async () => {
  requireTool('nbdkit');
  const { disk, home, workbench } = await setting();
  const server = await nbdkit('file', disk);
  await lookAt(workbench, server.uri);
  await workbench.dispose();
  const next = await startWorkbench({ home });
  await server.kill();
  const { opened } = await next.request('devices/list', {});
  expect(opened).toEqual([{ path: server.uri, size: 96 * MIB, error: null, waiting: false }]);
  await expect(next.request('devices/open', { path: server.uri })).rejects.toMatchObject({
    code: 'DeviceGone',
    message: expect.stringContaining('connect') as string,
  });
});

test('a job keeps what it works with open', async () => {
  requireTool('nbdkit');
  const { home, disk, bigger, smaller, workbench, service } = await setting();
  const slow = await nbdkit('--readonly', '--filter=noextents', '--filter=rate', 'file', disk, 'rate=120M');
  const job = startCli(['clone', 'disk', slow.uri, bigger, '--all-sectors', '--yes'], { home });
  onTestFinished(async () => void (await job.ended));
  const worker = (): number | undefined => sectorServices(home).find((pid) => pid !== service && isOpen(pid, bigger));
  await waitFor(async () => {
    const { jobs } = await workbench.request('jobs/list', {});
    return jobs.some(({ state, progress }) => state === 'running' && (progress?.done ?? 0) > 0);
  }, 'the job is at work');
  await workbench.request('devices/open', { path: smaller });
  await waitFor(() => !isOpen(service, smaller), 'what nobody uses is closed');
  expect(worker()).toBeDefined();
  expect((await job.ended).status).toBe(0);
});
