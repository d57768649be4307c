/** Plans in the host: kept, exchanged as files, reviewed as bytes and fields, asked about before they are applied. */
import { readdir, readFile, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '@diskwright/sdk/protocol';
import type { Host } from '../../core/src/host/host';
import { cliJson } from '../support/cli';
import { hostHere } from '../support/hostHere';
import { type Lab, makeLab } from '../support/lab';
import { loopDevice } from '../support/loopDevice';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { sha256OfFile } from '../support/tool';
import { requireRoot } from '../support/tools';

interface Setting extends Pick<Lab, 'disk' | 'bigger' | 'smaller'> {
  home: string;
  host: Host;
}

async function setting(): Promise<Setting> {
  const folder = await scratchFolder();
  const home = join(folder, 'home');
  const lab = await makeLab(join(home, 'lab'));
  return { home, ...lab, host: await hostHere(home) };
}

/** A plan that writes some bytes and nothing else. */
async function edit(host: Host, path: string, offset: number, bytes: Buffer): Promise<Plan> {
  const { identity } = await host.devices.open(path);
  return new PlanBuilder().device('target', 'target', path, identity).write('content', ['target', offset], bytes).plan;
}

/** Of the lab's disk: where its ext4 begins. */
async function startOfPhotos(host: Host, disk: string): Promise<number> {
  const { deviceId } = await host.devices.open(disk);
  return (await host.layouts.read(deviceId)).partitions.find(({ number }) => number === 2)!.start;
}

async function clone(host: Host, source: string, target: string): Promise<Plan> {
  const result = await host.commands.execute('disk-clone.cloneDisk', { source, target, layout: 'keep' }, {});
  if (result.kind !== 'plan') throw new Error('a clone is a plan');
  return result.plan;
}

test('a plan that is kept is listed, read after its service is gone, and named by the digest of its document', async () => {
  const given = await setting();
  const plan = await clone(given.host, given.disk, given.bigger);
  const digest = await given.host.planLibrary.keep(plan);
  expect(await given.host.planLibrary.list()).toEqual([
    { digest, title: plan.title, createdAt: expect.any(String) as string, targets: [given.bigger] },
  ]);
  await given.host.dispose();
  const later = await hostHere(given.home);
  const kept = await later.planLibrary.readWhole(digest);
  expect(kept.plan).toEqual(plan);
  expect(await sha256OfFile(kept.path)).toBe(digest);
});

test("a plan of the command line is imported, and one that is saved is the command line's; nothing is replaced", async () => {
  const { host, home, disk, bigger } = await setting();
  const file = join(home, 'clone.plan');
  const stored = await cliJson<{ digest: string }>(['clone', 'disk', disk, bigger, '--plan', file], { home });
  const digest = await host.planLibrary.import(file);
  expect(digest).toBe(stored.digest);
  const copy = join(home, 'copy.plan');
  await host.planLibrary.save(digest, copy);
  expect(await cliJson<{ digest: string }>(['plan', 'show', copy], { home })).toMatchObject({ digest });
  await expect(host.planLibrary.save(digest, copy)).rejects.toThrow(/exists already/);
  await expect(host.planLibrary.import(join(home, 'lab', 'demo-disk.img'))).rejects.toThrow(/plan/);
});

test('a plan that nobody looked at for 30 days goes, unless an overlay shows its result', async () => {
  const { host, home, disk } = await setting();
  const start = await startOfPhotos(host, disk);
  const plans = [];
  for (const name of ['one', 'two', 'three']) {
    plans.push(await host.planLibrary.keep(await edit(host, disk, start + 1024 + 120, Buffer.from(name))));
  }
  const [shown, unused, recent] = plans as [string, string, string];
  await host.simulations.simulate(await host.planLibrary.read(shown));
  const old = new Date(Date.now() - 31 * 24 * 3600 * 1000);
  for (const digest of [shown, unused]) await utimes(join(home, 'plans', digest, 'summary.json'), old, old);
  await host.planLibrary.removeUnused(await host.simulations.shownPlans());
  expect((await host.planLibrary.list()).map(({ digest }) => digest).sort()).toEqual([shown, recent].sort());
});

test('the review of an edited superblock names the field, and the findings that come and go', async () => {
  const { host, home, disk } = await setting();
  const start = await startOfPhotos(host, disk);
  const label = Buffer.alloc(16);
  label.write('holiday');
  const digest = await host.planLibrary.keep(await edit(host, disk, start + 1024 + 120, label));
  const { changes, appearing, disappearing, incomplete } = await host.planReview.changes(
    await host.planLibrary.readWhole(digest),
  );
  expect(incomplete).toBeUndefined();
  expect(changes).toHaveLength(1);
  expect(Buffer.from(changes[0]!.before, 'base64').toString()).toMatch(/^photos\0/);
  expect(changes[0]!.fields).toEqual([
    expect.objectContaining({
      offset: start + 1024 + 120,
      length: 16,
      before: expect.stringContaining('photos') as string,
      after: expect.stringContaining('holiday') as string,
    }),
  ]);
  expect(appearing.map(({ message }) => message).join()).toMatch(/checksum/);
  expect(disappearing).toEqual([]);
  expect(await readdir(join(home, 'overlays'))).toEqual([]);
});

test('the review of an edit that hides a filesystem says that it is lost', async () => {
  const { host, disk } = await setting();
  const digest = await host.planLibrary.keep(
    await edit(host, disk, (await startOfPhotos(host, disk)) + 1024 + 56, Buffer.alloc(1)),
  );
  const { appearing } = await host.planReview.changes(await host.planLibrary.readWhole(digest));
  expect(appearing.map(({ message }) => message)).toContain('Partition 2 is not recognised as ext4');
});

test('the review of a partition that is renamed names the entry', async () => {
  const { host, disk } = await setting();
  const name = Buffer.alloc(72);
  name.write('renamed', 'utf16le');
  const plan = await edit(host, disk, 2 * 512 + 128 + 56, name);
  const { changes, appearing } = await host.planReview.changes(
    await host.planLibrary.readWhole(await host.planLibrary.keep(plan)),
  );
  expect(changes[0]!.fields).toEqual([expect.objectContaining({ after: expect.stringContaining('renamed') as string })]);
  expect(appearing.map(({ code }) => code).join()).toMatch(/crc|entries/i);
});

test('the review of a clone onto an empty disk shows the table that appears', async () => {
  const { host, disk, bigger } = await setting();
  const digest = await host.planLibrary.keep(await clone(host, disk, bigger));
  const { changes } = await host.planReview.changes(await host.planLibrary.readWhole(digest));
  const fields = changes.flatMap((change) => change.fields);
  expect(fields.length).toBeGreaterThan(10);
  expect(fields.every(({ before }) => before === '')).toBe(true);
});

test('a target that is another now is told beside the bytes', async () => {
  const { host, disk } = await setting();
  const kept = await host.planLibrary.readWhole(await host.planLibrary.keep(await edit(host, disk, 512, Buffer.from('x'))));
  await truncate(disk, 95 * 1024 * 1024);
  const { changes, incomplete } = await host.planReview.changes(kept);
  expect(changes).toHaveLength(1);
  expect(incomplete).toMatch(/size/);
  const { refusals } = await host.safety.assess(kept.plan);
  expect(refusals.join()).toMatch(/size/);
});

test('a review that is cancelled leaves no overlay', async () => {
  const { host, home, disk } = await setting();
  const kept = await host.planLibrary.readWhole(await host.planLibrary.keep(await edit(host, disk, 512, Buffer.from('x'))));
  await expect(host.planReview.changes(kept, AbortSignal.timeout(1))).rejects.toThrow(/cancel|abort/i);
  expect(await readdir(join(home, 'overlays')).catch(() => [])).toEqual([]);
});

test('an edit of a partition asks for that partition, and says how many sectors', async () => {
  const { host, disk } = await setting();
  const start = await startOfPhotos(host, disk);
  const { word, action, targets, refusals } = await host.safety.assess(await edit(host, disk, start + 510, Buffer.alloc(4)));
  expect({ word, action, refusals }).toEqual({
    word: 'demo-disk.img#2',
    action: 'Write 2 sectors to demo-disk.img',
    refusals: [],
  });
  expect(targets[0]!.replaced.text).toMatch(/4 bytes in partition 2 \(ext4 "photos"\) will be changed/);
});

test('onto an empty disk no word is asked for; another word than the one that names what is lost is refused', async () => {
  const { host, disk, bigger } = await setting();
  expect(await host.safety.assess(await clone(host, disk, bigger))).toMatchObject({
    word: null,
    action: 'Write bigger-disk.img',
  });
  const over = await clone(host, bigger, disk).catch(() => null);
  expect(over).toBeNull();
  const plan = await edit(host, disk, 0, Buffer.from('x'));
  for (const word of [null, '', 'yes', 'demo-disk'])
    await expect(host.safety.require(plan, word)).rejects.toThrow(/does not name/);
  await expect(host.safety.require(plan, 'demo-disk.img')).resolves.toBeUndefined();
});

test('a target that is in use or gone is refused in a sentence', async () => {
  const { host, disk } = await setting();
  const plan = await edit(host, disk, 0, Buffer.from('x'));
  requireRoot();
  await loopDevice(disk);
  expect((await host.safety.assess(plan)).refusals.join()).toMatch(/loop device .* lies over/);
  const gone = { ...plan, devices: plan.devices.map((device) => ({ ...device, path: '/nowhere/disk.img' })) };
  const { refusals, word } = await host.safety.assess(gone);
  expect(refusals.length).toBeGreaterThan(0);
  expect(word).toBe('disk.img');
});

test('what is applied by its word is on the disk', async () => {
  const { host, disk } = await setting();
  const plan = await edit(host, disk, 440, Buffer.from('WORD'));
  await host.safety.require(plan, 'demo-disk.img');
  const { ended } = await host.jobs.start(plan, { target: disk });
  expect((await ended).state).toBe('done');
  expect((await readFile(disk)).subarray(440, 444).toString()).toBe('WORD');
});
