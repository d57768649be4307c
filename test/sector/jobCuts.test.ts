import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clonePlan, type Disk, extractPartition, fillA5, makeDisk } from '../support/clonePlan';
import { identityOf, type JobEnvironment, jobEnvironment, runJob } from '../support/jobs';
import { generator, seed } from '../support/longRun';
import { loopDevice } from '../support/loopDevice';
import { addOldSignatures } from '../support/oldSignatures';
import { RecordingNode } from '../support/recordingNode';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';
import { shows } from '../support/shows';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;

interface Scene {
  environment: JobEnvironment;
  folder: string;
  source: Disk;
  target: Disk;
}

async function file(path: string): Promise<string> {
  await writeFile(path, '');
  await truncate(path, SIZE);
  return path;
}

/** A valid source, and a target that holds another valid disk, an md member and an ISO filesystem. */
async function scene(sectorSize: 512 | 4096, loop: boolean): Promise<Scene> {
  const folder = await scratchFolder();
  const disk = async (name: string): Promise<Disk> => {
    const path = await file(join(folder, name));
    return { path: loop ? await loopDevice(path, { sectorSize }) : path, size: SIZE, sectorSize };
  };
  const source = await disk('source.img');
  const target = await disk('target.img');
  await makeDisk(source, 'new');
  await makeDisk(target, 'old');
  await addOldSignatures(target.path, SIZE);
  const before = await shows(target.path);
  for (const word of ['gpt', 'linux_raid_member', 'iso9660']) expect(before).toContain(word);
  return { environment: jobEnvironment(join(folder, 'home')), folder, source, target };
}

/** The numbers of the plan's steps of a phase. */
function stepsOf(steps: { phase: string }[], phase: string): number[] {
  return steps.flatMap((step, index) => (step.phase === phase ? [index] : []));
}

async function expectClone({ folder, source, target }: Scene): Promise<void> {
  const after = await shows(target.path);
  expect(after).toContain('gpt');
  for (const word of ['linux_raid_member', 'iso9660', 'old']) expect(after).not.toContain(word);
  await must('sgdisk', '--verify', target.path);
  const part = join(folder, 'part.img');
  await extractPartition(target, part);
  await must('e2fsck', '-fn', part);
  expect(await must('sfdisk', '-d', target.path)).toBe(
    (await must('sfdisk', '-d', source.path)).replaceAll(source.path, target.path),
  );
}

describe('a target', () => {
  requireTool('sgdisk', 'mkfs.ext4', 'wipefs', 'blkid', 'sfdisk', 'e2fsck');

  it('shows nothing, neither old nor new, after each step before the commit', async () => {
    const all = await scene(512, false);
    const old = join(all.folder, 'old.img');
    await copyFile(all.target.path, old);
    const plan = await clonePlan(all.environment, all.source, all.target);
    const cuts = [stepsOf(plan.plan.steps, 'invalidate').at(-1)!, ...stepsOf(plan.plan.steps, 'content')];
    for (const cut of cuts) {
      await copyFile(old, all.target.path);
      const onStepEnd = (_: string, step: number): void => {
        if (step === cut) throw new Error('cut');
      };
      expect(await runJob(all.environment, plan, { onStepEnd })).toMatchObject({ state: 'failed', message: 'cut' });
      expect(await shows(all.target.path)).toBe('');
    }
    await copyFile(old, all.target.path);
    expect(await runJob(all.environment, plan)).toMatchObject({ state: 'done', exitStatus: 0 });
    await expectClone(all);
  });

  it.each([512, 4096] as const)(
    'on a loop device with sectors of %i bytes holds the clone and nothing old',
    async (sectorSize) => {
      requireRoot();
      requireTool('losetup');
      const all = await scene(sectorSize, true);
      const plan = await clonePlan(all.environment, all.source, all.target);
      let beforeCommit = '?';
      const last = stepsOf(plan.plan.steps, 'content').at(-1);
      const onStepEnd = async (_: string, step: number): Promise<void> => {
        if (step === last) beforeCommit = await shows(all.target.path);
      };
      expect(await runJob(all.environment, plan, { onStepEnd })).toMatchObject({ state: 'done', exitStatus: 0 });
      expect(beforeCommit).toBe('');
      await expectClone(all);
    },
  );

  it('full of 0xA5 holds the clone afterwards', async () => {
    const all = await scene(512, false);
    await fillA5(all.target);
    expect(await runJob(all.environment, await clonePlan(all.environment, all.source, all.target))).toMatchObject({
      state: 'done',
    });
    await expectClone(all);
  });

  it('shows nothing wherever the power fails before the commit, whatever of the unflushed writes was kept', async () => {
    const all = await scene(512, false);
    const node = new RecordingNode(await readFile(all.target.path));
    const uri = await serveNode(node, node);
    const target = { ...all.target, path: uri };
    const plan = await clonePlan(all.environment, all.source, target);
    const marks = new Map([
      [stepsOf(plan.plan.steps, 'invalidate').at(-1)!, 'invalidated'],
      [stepsOf(plan.plan.steps, 'content').at(-1)!, 'content'],
    ]);
    const onStepEnd = (_: string, step: number): void => {
      if (marks.has(step)) node.mark(marks.get(step)!);
    };
    expect(await runJob(all.environment, plan, { onStepEnd })).toMatchObject({ state: 'done' });
    const at = (name: string): number => node.entries.findIndex((entry) => entry.kind === 'mark' && entry.name === name);
    // The phase's own flush comes after its last step.
    const from = node.entries.findIndex((entry, index) => index > at('invalidated') && entry.kind === 'flush') + 1;
    const until = at('content');
    process.stdout.write(`seed ${seed}\n`);
    const random = generator(seed);
    const image = join(all.folder, 'lost.img');
    for (let round = 0; round < 25; round++) {
      const cut = from + Math.floor(random() * (until - from + 1));
      await writeFile(
        image,
        node.afterPowerLoss(cut, () => random() < 0.5),
      );
      expect(await shows(image), `cut before entry ${cut}`).toBe('');
    }
    for (let cut = until; cut <= node.entries.length; cut++) {
      await writeFile(
        image,
        node.afterPowerLoss(cut, () => random() < 0.5),
      );
      for (const word of ['linux_raid_member', 'iso9660']) expect(await shows(image)).not.toContain(word);
    }
    await writeFile(image, node.bytes);
    await expectClone({ ...all, target: { ...all.target, path: image } });
    expect(await identityOf(all.environment, all.source.path)).toEqual(plan.plan.devices[0]!.identity);
  });
});
