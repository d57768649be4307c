/** Steps that zero or discard just some extents of an area. */
import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ExtentList, ExtentListBuilder } from '@diskwright/sdk/extents';
import { structureRanges } from '../../core/src/sector/job/overwritten';
import { readStoredPlan } from '../../core/src/sector/plan/storedPlan';
import { cancelJob, identityOf, type JobEnvironment, jobEnvironment, runJob, startJob } from '../support/jobs';
import { loopDevice } from '../support/loopDevice';
import { nbdkit } from '../support/nbdServer';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { requireRoot, requireTool } from '../support/tools';
import { waitFor } from '../support/waitFor';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;
/** Short, long and at both ends. */
const RANGES = [
  { offset: 0, length: 512 },
  { offset: 4096, length: 8192 },
  { offset: MIB, length: 9 * MIB },
  { offset: SIZE - 512, length: 512 },
];

interface Scene {
  environment: JobEnvironment;
  folder: string;
  target: string;
}

async function scene(): Promise<Scene> {
  const folder = await scratchFolder();
  const target = join(folder, 'target.img');
  await writeFile(target, Buffer.alloc(SIZE, 0xa5));
  return { environment: jobEnvironment(join(folder, 'home')), folder, target };
}

async function planOn({ environment }: Scene, target: string): Promise<PlanBuilder> {
  return new PlanBuilder().device('target', 'target', target, await identityOf(environment, target));
}

function cleared(): Buffer {
  const model = Buffer.alloc(SIZE, 0xa5);
  for (const { offset, length } of RANGES) model.fill(0, offset, offset + length);
  return model;
}

describe('zeroing extents', () => {
  it('leaves the rest of a file as it is', async () => {
    const given = await scene();
    const plan = (await planOn(given, given.target)).zero('content', ['target', 0], SIZE, RANGES);
    const { ended, progress } = await startJob(given.environment, plan);
    expect(await ended).toMatchObject({ state: 'done', exitStatus: 0 });
    expect((await readFile(given.target)).equals(cleared())).toBe(true);
    const total = RANGES.reduce((sum, { length }) => sum + length, 0);
    for (const sample of progress.filter(({ stage }) => stage === 'content')) expect(sample.total).toBe(total);
  });

  it('leaves the rest of an NBD device as it is', async () => {
    requireTool('nbdkit');
    const given = await scene();
    const { uri } = await nbdkit('file', given.target);
    const plan = (await planOn(given, uri)).zero('content', ['target', 0], SIZE, RANGES);
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(cleared())).toBe(true);
  });

  it('is relative to the offset of its step', async () => {
    const given = await scene();
    const plan = (await planOn(given, given.target)).zero('content', ['target', 512], 4096, [{ offset: 1024, length: 512 }]);
    await runJob(given.environment, plan);
    expect((await readFile(given.target)).equals(Buffer.alloc(SIZE, 0xa5).fill(0, 1536, 2048))).toBe(true);
  });

  it('does not spoil the verification of what was copied before or after it', async () => {
    const given = await scene();
    const source = join(given.folder, 'source.img');
    const content = randomBytes(SIZE);
    await writeFile(source, content);
    const plan = (await planOn(given, given.target))
      .device('source', 'source', source, await identityOf(given.environment, source))
      .copy('content', ['source', 0], ['target', 0], [{ offset: 0, length: 12 * MIB }])
      .zero('content', ['target', 0], SIZE, RANGES)
      .copy('content', ['source', 0], ['target', 0], [{ offset: 2 * MIB, length: MIB }])
      .verify('content', 'target');
    const model = Buffer.alloc(SIZE, 0xa5);
    content.copy(model, 0, 0, 12 * MIB);
    for (const { offset, length } of RANGES) model.fill(0, offset, offset + length);
    content.copy(model, 2 * MIB, 2 * MIB, 3 * MIB);
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done', exitStatus: 0 });
    expect((await readFile(given.target)).equals(model)).toBe(true);
  });

  it('lets a copy of zeros onto it write nothing, and onto what was cleared in part write everything', async () => {
    const given = await scene();
    const source = join(given.folder, 'source.img');
    await writeFile(source, Buffer.alloc(SIZE));
    const area = [{ offset: 0, length: 8 * MIB }];
    const plan = (await planOn(given, given.target))
      .device('source', 'source', source, await identityOf(given.environment, source))
      .zero('content', ['target', 0], SIZE, [{ offset: 0, length: 7 * MIB }])
      .copy('content', ['source', 0], ['target', 0], area)
      .verify('content', 'target');
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done', bytesVerified: 8 * MIB });
    expect((await readFile(given.target)).equals(Buffer.alloc(SIZE, 0xa5).fill(0, 0, 8 * MIB))).toBe(true);
  });

  it('ends at once when it is cancelled', async () => {
    requireTool('nbdkit');
    const given = await scene();
    const { uri } = await nbdkit('--filter=delay', 'file', given.target, 'delay-zero=200ms');
    const scattered = Array.from({ length: 1000 }, (_, index) => ({ offset: index * 8192, length: 4096 }));
    const plan = (await planOn(given, uri)).zero('content', ['target', 0], SIZE, scattered);
    const { folder, ended, progress } = await startJob(given.environment, plan);
    await waitFor(() => progress.some(({ stage, done }) => stage === 'content' && done > 0), 'the job clears');
    const asked = performance.now();
    await cancelJob(folder);
    expect(await ended).toMatchObject({ state: 'cancelled', exitStatus: 130 });
    expect(performance.now() - asked).toBeLessThan(2000);
  });
});

describe('discarding extents', () => {
  it('makes holes of them in a file', async () => {
    const given = await scene();
    const plan = (await planOn(given, given.target)).discard('content', ['target', 0], SIZE, RANGES);
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(cleared())).toBe(true);
    expect((await stat(given.target)).blocks * 512).toBeLessThan(16 * MIB);
  });

  it('makes holes of them in the file below a loop device', async () => {
    requireRoot();
    const given = await scene();
    const device = await loopDevice(given.target);
    const plan = (await planOn(given, device)).discard('content', ['target', 0], SIZE, RANGES);
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(cleared())).toBe(true);
    expect((await stat(given.target)).blocks * 512).toBeLessThan(16 * MIB);
  });

  it('lets no copy believe that they are still zeros', async () => {
    const given = await scene();
    const source = join(given.folder, 'source.img');
    await writeFile(source, Buffer.alloc(SIZE));
    const plan = (await planOn(given, given.target))
      .device('source', 'source', source, await identityOf(given.environment, source))
      .zero('content', ['target', 0], SIZE)
      .discard('content', ['target', 0], SIZE, [{ offset: MIB, length: MIB }])
      .copy('content', ['source', 0], ['target', 0], [{ offset: MIB, length: MIB }])
      .verify('content', 'target');
    expect(await runJob(given.environment, plan)).toMatchObject({ state: 'done', bytesVerified: MIB });
  });
});

describe('the pre-images', () => {
  it('leave free space out, and the log says so', async () => {
    const given = await scene();
    const plan = (await planOn(given, given.target))
      .discard('invalidate', ['target', 0], SIZE, RANGES)
      .zero('invalidate', ['target', 4096], 1024);
    const { folder, ended } = await startJob(given.environment, plan);
    await ended;
    const saved = ExtentList.fromBlob(await readFile(join(folder, 'preimages-0.extents')));
    expect([...saved]).toEqual([
      { offset: 0, length: 65536 },
      { offset: SIZE - 65536, length: 65536 },
    ]);
    expect(await readFile(join(folder, 'log'), 'utf8')).toMatch(/bytes are overwritten that no undo brings back/);
  });

  it('of a million extents cost nothing', async () => {
    const builder = new ExtentListBuilder();
    for (let index = 0; index < 1_000_000; index++) builder.add(index * 8192, 4096);
    const identity = { kind: 'file', size: 2 ** 40, sectorSize: 512, model: null, serial: null, fingerprint: 'f' } as const;
    const saved = await new PlanBuilder()
      .device('target', 'target', '/t', identity)
      .zero('content', ['target', 0], 2 ** 40, builder.build())
      .save(join(await scratchFolder(), 'plan'));
    const { plan, sideFiles } = await readStoredPlan(saved.planPath, saved.blobsFolder, saved.digest);
    const ranges = structureRanges(plan, sideFiles, { name: 'target', size: identity.size, sectorSize: 512 });
    // Both ends of the device.
    expect(ranges.count).toBe(2);
  });
});
