/** Commands of plugins as a page uses them: judged while they are filled in, run with progress, cancelled. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkbenchResult } from '../../core/src/common/workbench';
import { cliJson } from '../support/cli';
import { makeLab } from '../support/lab';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';
import { startWorkbench } from '../support/workbench';
import { scratchFolder } from '../support/scratch';

type Resolution = WorkbenchResult<'commands/resolve'>;
const CLONE_DISK = 'disk-clone.cloneDisk';
const CLONE_PARTITION = 'disk-clone.clonePartition';

async function setting() {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const lab = await makeLab(join(home, 'lab'));
  const workbench = await startWorkbench({ home });
  const resolve = (command: string, input: Record<string, unknown>): Promise<Resolution> =>
    workbench.request('commands/resolve', { command, input });
  return { folder, home, ...lab, workbench, resolve };
}

const fieldsOf = ({ errors }: Resolution): string[] => errors.map(({ field }) => field);

test('nothing filled in: what is needed is told, and the defaults', async () => {
  const { resolve } = await setting();
  const answer = await resolve(CLONE_DISK, {});
  expect(fieldsOf(answer)).toEqual(['source', 'target']);
  expect(answer.defaults).toMatchObject({ layout: 'keep', verify: true });
  expect(answer).toMatchObject({ preview: null, commandLine: null });
});

test('source and target: what would be copied, why a volume is copied whole, and a command line that makes the same plan', async () => {
  const { resolve, disk, bigger, folder, home, workbench } = await setting();
  const answer = await resolve(CLONE_DISK, { source: disk, target: bigger, layout: 'fit' });
  expect(answer.errors).toEqual([]);
  expect(answer.preview).toMatch(/^Copies .* of the 96 MiB/);
  expect(answer.preview).toMatch(/partition 2 \(ext4 "photos"\): used blocks, /);
  expect(answer.warnings.join('\n')).toMatch(/partition 3 grows by .*\n.*same disk, partition and filesystem ids/);
  const words = answer.commandLine!.split(' ');
  expect(words.slice(0, 3)).toEqual(['diskwright', 'clone', 'disk']);
  const { digest } = await cliJson<{ digest: string }>([...words.slice(1), '--plan', join(folder, 'plan.json')], { home });
  const executed = await workbench.request('commands/execute', {
    token: 'a',
    command: CLONE_DISK,
    input: { source: disk, target: bigger, layout: 'fit' },
  });
  expect(executed).toEqual({ kind: 'plan', plan: digest });
});

test('what cannot be is an error of its field, with what to do', async () => {
  const { resolve, disk, smaller, folder } = await setting();
  const small = await resolve(CLONE_DISK, { source: disk, target: smaller });
  expect(small.errors).toEqual([
    { field: 'target', message: expect.stringMatching(/\d+ bytes.* are missing/) as string, todo: expect.any(String) as string },
  ]);
  expect(fieldsOf(await resolve(CLONE_DISK, { source: disk, target: disk }))).toEqual(['target']);
  const missing = await resolve(CLONE_DISK, { source: join(folder, 'missing.img'), target: disk });
  expect(missing.errors[0]).toMatchObject({ field: 'source', message: expect.stringContaining('missing.img') as string });
  expect(fieldsOf(await resolve(CLONE_DISK, { source: disk, target: smaller, layout: 'wide' }))).toContain('layout');
});

test('a target in use is an error of its field while it is typed', async () => {
  const { resolve, disk, bigger, folder, workbench } = await setting();
  const { deviceId } = await workbench.request('devices/open', { path: bigger });
  const { exportId } = await workbench.request('exports/start', {
    deviceId,
    socketPath: join(folder, 'export.sock'),
    writable: false,
  });
  const used = await resolve(CLONE_DISK, { source: disk, target: bigger });
  expect(used.errors).toEqual([
    { field: 'target', message: expect.stringContaining('served over NBD') as string, todo: expect.any(String) as string },
  ]);
  await workbench.request('exports/stop', { exportId });
  expect((await resolve(CLONE_DISK, { source: disk, target: bigger })).errors).toEqual([]);
});

test('the volumes of a device are to choose from as soon as the device is named', async () => {
  const { resolve, disk } = await setting();
  const { choices } = await resolve(CLONE_PARTITION, { source: disk });
  expect(choices['source']?.map(({ value }) => value)).toEqual([1, 2, 3].map((number) => `${disk}#${number}`));
  expect(choices['source']?.[1]?.label).toMatch(/partition 2, photos, ext4 "photos", 36 MiB/);
});

test('a partition that is too small is named with its numbers', async () => {
  const { resolve, disk, folder } = await setting();
  const target = join(folder, 'small.img');
  await must('truncate', '-s', '8M', target);
  const answer = await resolve(CLONE_PARTITION, { source: `${disk}#2`, target: `${target}#0` });
  expect(fieldsOf(answer)).toEqual(['target']);
  expect(answer.errors[0]?.message).toMatch(/8 MiB \(8388608 bytes\).* needs 36 MiB/);
});

test('an unclean filesystem is copied whole, and the preview says why', async () => {
  requireTool('debugfs', 'mkfs.ext4');
  const { resolve, folder } = await setting();
  const [source, target] = [join(folder, 'unclean.img'), join(folder, 'target.img')];
  await must('mkfs.ext4', '-q', source, '16M');
  await must('debugfs', '-w', '-R', 'ssv state 2', source);
  await must('truncate', '-s', '16M', target);
  const answer = await resolve(CLONE_DISK, { source, target });
  expect(answer.preview).toMatch(/the whole device \(ext4\): all sectors, 16 MiB .*; /);
});

test('a command that is cancelled ends', async () => {
  const { workbench, disk, bigger } = await setting();
  const controller = new AbortController();
  const running = workbench.request(
    'commands/execute',
    { token: 'b', command: CLONE_DISK, input: { source: disk, target: bigger } },
    controller.signal,
  );
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'Cancelled' });
});
