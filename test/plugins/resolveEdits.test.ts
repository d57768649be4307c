/** Forms of sector-edit and partition-edit: what is said while an input is made, without anything being written. */
import { expect, onTestFinished, test } from 'vitest';
import { createTestHost, type TestHost } from '@diskwright/sdk/testing';
import fsExt from '../../plugins/fs-ext/src/main';
import partitionEdit from '../../plugins/partition-edit/src/main';
import sectorEdit from '../../plugins/sector-edit/src/main';
import table from '../../plugins/table-gpt-mbr/src/main';
import { join } from 'node:path';
import { copyInto, makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';

/** A GPT disk of 64 MiB with ext4 in partition 1, 1 … 25 MiB, and a host with the plugin under test. */
async function hostWithDisk(plugin: typeof sectorEdit): Promise<TestHost> {
  requireTool('sgdisk', 'mkfs.ext4');
  const scratch = await scratchFolder();
  const disk = join(scratch, 'disk.img');
  await makeImage(disk, 64 * MIB);
  await must('sgdisk', '-n1:2048:+24M', disk);
  const volume = join(scratch, 'volume.img');
  await makeImage(volume, 24 * MIB);
  await must('mkfs.ext4', '-q', '-F', volume);
  await copyInto(volume, disk, MIB);
  const host = await createTestHost(plugin, { devices: { disk }, plugins: { table, fsExt } });
  onTestFinished(() => host.close());
  return host;
}

const named = { device: 'disk' };

test('operations that hold are shown in words, with what the user should know', async () => {
  const host = await hostWithDisk(partitionEdit);
  const operations = [
    { kind: 'move', number: 1, start: 30 * MIB },
    { kind: 'create', start: MIB + 512, size: MIB, type: LINUX },
  ];
  const resolved = await host.resolve('partition-edit.apply', { device: 'disk', operations }, { named });
  expect(resolved).toMatchObject({
    errors: [],
    preview: 'operation 1: move partition 1 to 30 MiB\noperation 2: create a partition of 1 MiB at 1049088 bytes',
    warnings: [expect.stringContaining('operation 2:') as string, expect.stringContaining('boot loaders') as string],
  });
  expect(resolved.warnings[0]).toContain('not a multiple of 1 MiB');
  expect(host.openLeases).toBe(0);
});

test.each([
  [{ kind: 'resize', number: 1, size: 20 * MIB }, /its ext4 filesystem has 24 MiB/],
  [{ kind: 'create', start: 20 * MIB, size: 20 * MIB, type: LINUX }, /overlap partition 1/],
  [{ kind: 'create', start: 30 * MIB, size: MIB, type: 'linux' }, /"linux" is no GPT partition type/],
  [{ kind: 'move', number: 2, start: MIB }, /the table has no partition 2/],
  [{ kind: 'move', number: 1 }, /"move" needs a start/],
])('an operation that does not hold is an error of its own field: %j', async (operation, message) => {
  const host = await hostWithDisk(partitionEdit);
  const operations = [{ kind: 'set', number: 1, name: 'first' }, operation];
  const { errors } = await host.resolve('partition-edit.apply', { device: 'disk', operations }, { named });
  expect(errors).toEqual([expect.objectContaining({ field: 'operations.1', message: expect.stringMatching(message) as string })]);
});

test('an operation that cuts a filesystem off says what to do first', async () => {
  const host = await hostWithDisk(partitionEdit);
  const operations = [{ kind: 'resize', number: 1, size: 20 * MIB }];
  const { errors } = await host.resolve('partition-edit.apply', { device: 'disk', operations }, { named });
  expect(errors[0]!.todo).toBe('Shrink the filesystem by its own tool first.');
});

test('operations on a new table are counted as they were given', async () => {
  const host = await hostWithDisk(partitionEdit);
  const operations = [
    { kind: 'initialize', table: 'mbr' },
    { kind: 'create', start: MIB, size: MIB, type: LINUX },
  ];
  const { errors } = await host.resolve('partition-edit.apply', { device: 'disk', operations }, { named });
  expect(errors).toMatchObject([
    { field: 'operations.1', message: expect.stringContaining('is no type of a partition of an MBR') as string },
  ]);
});

test('nothing is judged without a device', async () => {
  const host = await hostWithDisk(partitionEdit);
  const operations = [{ kind: 'delete', number: 9 }];
  expect(await host.resolve('partition-edit.apply', { operations })).toMatchObject({ errors: [], preview: null });
});

test('edits that hold are shown with what they change', async () => {
  const host = await hostWithDisk(sectorEdit);
  const edits = [
    { offset: 12 * MIB, bytes: '00ff' },
    { offset: MIB + 1024 + 56, bytes: '0000' },
  ];
  const { preview, errors } = await host.resolve('sector-edit.write', { device: 'disk', edits }, { named });
  expect(errors).toEqual([]);
  expect(preview!.split('\n')).toEqual([
    'byte 1049656, 2 bytes: ext superblock, partition 1 (ext4): field magic, was 0xef53',
    'byte 12582912, 2 bytes: partition 1 (ext4): bytes in partition 1 (ext4) that belong to no known structure',
  ]);
  expect(host.openLeases).toBe(0);
});

test('every edit that does not hold is an error of its own field', async () => {
  const host = await hostWithDisk(sectorEdit);
  const edits = [
    { offset: 0, bytes: '0' },
    { offset: 1, bytes: '00' },
    { offset: -1, bytes: '00' },
  ];
  const { errors } = await host.resolve('sector-edit.write', { device: 'disk', edits }, { named });
  expect(errors.map(({ field }) => field)).toEqual(['edits.0', 'edits.2']);
});
