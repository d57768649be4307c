/** The log of what plugins read, and jobs read and wrote by their plans, as the sector service writes it and the command line shows it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditRecord } from '../../core/src/common/audit';
import { cli, cliJson } from '../support/cli';
import { makeImage, MIB } from '../support/sampleDisk';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireTool } from '../support/tools';

async function makeDisk(path: string): Promise<void> {
  await makeImage(path, 8 * MIB);
  await must('sh', '-c', `echo 'label: gpt\n2048 8192' | sfdisk --quiet '${path}'`);
}

test('what a plugin read of a device is on record, with who and when', async () => {
  requireTool('sfdisk');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const [image, other] = [join(scratch, 'disk.img'), join(scratch, 'other.img')];
  for (const path of [image, other]) {
    await makeDisk(path);
    expect((await cli(['layout', path], { home })).status).toBe(0);
  }
  const before = Date.now() - 60_000;
  const records = await cliJson<AuditRecord[]>(['plugin', 'audit', 'table-gpt-mbr', '--device', image], { home });
  expect(records).toHaveLength(1);
  const [record] = records;
  expect(record).toMatchObject({ operation: 'read', plugin: 'table-gpt-mbr', device: image, user: { id: process.getuid!() } });
  expect(record!.ranges[0]![0]).toBe(0);
  expect(record!.bytes).toBeGreaterThan(512);
  expect(Date.parse(record!.first)).toBeGreaterThan(before);
  expect((await cli(['plugin', 'audit', '--device', other], { home })).stdout).toContain('table-gpt-mbr');
});

test('the log is for its user alone, a line a record', async () => {
  requireTool('sfdisk');
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const image = join(scratch, 'disk.img');
  await makeDisk(image);
  await cli(['layout', image], { home });
  const [name] = await readdir(join(home, 'audit'));
  expect(name).toMatch(/^\d{4}-\d\d-\d\d\.jsonl$/);
  expect(await must('stat', '-c', '%a', join(home, 'audit', name!))).toMatch(/^600/);
  const lines = (await readFile(join(home, 'audit', name!), 'utf8')).trim().split('\n');
  expect(lines.every((line) => (JSON.parse(line) as AuditRecord).device === image)).toBe(true);
});

test('what a job wrote is on record, with the plugin that made its plan and the job', async () => {
  const scratch = await scratchFolder();
  const home = join(scratch, 'home');
  const [source, target] = [join(scratch, 'disk.img'), join(scratch, 'copy.img')];
  await makeDisk(source);
  await makeImage(target, 8 * MIB);
  const { jobId } = await cliJson<{ jobId: string }>(['clone', 'disk', source, target, '--yes'], { home });
  const records = (await cliJson<AuditRecord[]>(['plugin', 'audit', 'disk-clone'], { home })).filter((record) => record.job);
  const plan = { plugin: 'disk-clone', user: { id: process.getuid!() }, job: { command: 'disk-clone.cloneDisk', state: 'done' } };
  const [read, written] = ['read', 'write'].map((operation) => records.filter((record) => record.operation === operation));
  expect(read).toMatchObject([{ ...plan, device: source, rounded: false }]);
  expect(written).toMatchObject([{ ...plan, device: target, rounded: false }]);
  expect(written![0]!.job!.id).toBe(jobId);
  expect(written![0]!.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(written![0]!.ranges[0]![0]).toBe(0);
  expect((await cli(['plugin', 'audit', '--device', target], { home })).stdout).toMatch(/disk-clone \S+ .* write .* \(done\)/);
});
