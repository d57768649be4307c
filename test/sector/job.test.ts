import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExtentList } from '@diskwright/sdk/extents';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../core/src/common/plan/index';
import { readJournal } from '../../core/src/common/journal/readJournal';
import { createSimulator } from '../../core/src/sector/plan/simulator';
import { jobEnvironment, type JobEnvironment, planBetween, runJob, startJob } from '../support/jobs';
import { MemoryNode } from '../support/memoryNode';
import type { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;

interface Images {
  environment: JobEnvironment;
  folder: string;
  source: string;
  target: string;
  content: Buffer;
}

/** A source of random bytes with a megabyte of zeros, and a target full of 0xA5. */
async function images(): Promise<Images> {
  const folder = await scratchFolder();
  const source = join(folder, 'source.img');
  const target = join(folder, 'target.img');
  const content = randomBytes(SIZE);
  content.fill(0, 5 * MIB, 6 * MIB);
  await writeFile(source, content);
  await writeFile(target, Buffer.alloc(SIZE, 0xa5));
  return { environment: jobEnvironment(join(folder, 'home')), folder, source, target, content };
}

async function planFor({ environment, source, target }: Images): Promise<PlanBuilder> {
  return planBetween(environment, source, target);
}

describe('a job', () => {
  it('copies, writes, zeroes, verifies and commits, and leaves the rest as it was', async () => {
    const all = await images();
    const { content } = all;
    const plan = (await planFor(all))
      .assert('check', ['source', 4096], content.subarray(4096, 8192))
      .zero('invalidate', ['target', 0], MIB)
      .zero('invalidate', ['target', SIZE - MIB], MIB)
      .copy('content', ['source', 0], ['target', MIB], [{ offset: MIB, length: 9 * MIB + 512 }])
      .copy('content', ['source', 512], ['target', 0], [{ offset: 15 * MIB, length: 3 * MIB }])
      .write('content', ['target', 3 * MIB + 13], Buffer.from('patched'))
      .verify('content', 'target')
      .copy('commit', ['source', 0], ['target', 0], [{ offset: 1024, length: 512 }])
      .write('commit', ['target', 0], randomBytes(8192).fill(0x77));
    const model = Buffer.alloc(SIZE, 0xa5)
      .fill(0, 0, MIB)
      .fill(0, SIZE - MIB);
    content.copy(model, 2 * MIB, MIB, 10 * MIB + 512);
    content.copy(model, 15 * MIB, 15 * MIB + 512, 18 * MIB + 512);
    model.write('patched', 3 * MIB + 13);
    model.fill(0x77, 0, 8192);
    const result = await runJob(all.environment, plan);
    expect(result).toMatchObject({ state: 'done', exitStatus: 0, holeCount: 0, error: null, bytesCopied: 12 * MIB + 1024 });
    expect((await readFile(all.target)).equals(model)).toBe(true);
    expect((await readFile(all.source)).equals(content)).toBe(true);
  });

  it('keeps a journal, pre-images and a state that tell what was done', async () => {
    const all = await images();
    const plan = (await planFor(all))
      .zero('invalidate', ['target', 512], 1024)
      .copy('content', ['source', 0], ['target', 0], [{ offset: MIB, length: MIB }])
      .write('commit', ['target', 0], Buffer.alloc(512, 1));
    const { folder, ended } = await startJob(all.environment, plan);
    await ended;
    const { records, torn } = readJournal(await readFile(join(folder, 'journal')));
    expect(torn).toBe(false);
    expect(records.map((record) => record.type)).toEqual([
      'started',
      ...['phaseBegun', 'phaseEnded'],
      'saved',
      ...['phaseBegun', 'phaseEnded'],
      ...['phaseBegun', 'checkpoint', 'phaseEnded'],
      ...['phaseBegun', 'stepEnded', 'phaseEnded'],
      'ended',
    ]);
    const saved = ExtentList.fromBlob(await readFile(join(folder, 'preimages-0.extents')));
    expect([...saved]).toEqual([
      { offset: 0, length: 65536 },
      { offset: SIZE - 65536, length: 65536 },
    ]);
    const kept = await readFile(join(folder, 'preimages-0-0'));
    for (const { offset, length } of saved) expect(kept.subarray(offset, offset + length)).toEqual(Buffer.alloc(length, 0xa5));
    expect(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))).toMatchObject({
      state: 'done',
      result: { exitStatus: 0 },
    });
    expect((await readdir(folder)).sort()).toEqual(
      [
        'blobs',
        'hashes',
        'journal',
        'lock',
        'log',
        'plan.json',
        'preimages-0-0',
        'preimages-0.extents',
        'preimages.index',
        'state.json',
      ].sort(),
    );
  });

  it('moves a range onto itself in either direction', async () => {
    for (const shift of [512, -512, 3 * MIB, -3 * MIB]) {
      const all = await images();
      const image = randomBytes(SIZE);
      await writeFile(all.target, image);
      const from = 8 * MIB;
      const plan = (await planFor(all))
        .copy(
          'content',
          ['target', from],
          ['target', from + shift],
          [
            { offset: 0, length: 64 * 1024 + 512 },
            { offset: MIB, length: 4 * MIB },
          ].slice(Math.abs(shift) === 512 ? 0 : 1, Math.abs(shift) === 512 ? 1 : 2),
        )
        .verify('content', 'target');
      const model = Buffer.from(image);
      const [start, length] = Math.abs(shift) === 512 ? [from, 64 * 1024 + 512] : [from + MIB, 4 * MIB];
      image.copy(model, start + shift, start, start + length);
      expect(await runJob(all.environment, plan)).toMatchObject({ state: 'done' });
      expect((await readFile(all.target)).equals(model)).toBe(true);
    }
  });

  it('is refused, without a trace on the target, when anything is not as planned', async () => {
    const all = await images();
    const change = async (path: string): Promise<void> => {
      const file = await open(path, 'r+');
      await file.write(Buffer.from([1, 2, 3]), 0, 3, 100);
      await file.close();
    };
    const plan = (await planFor(all)).zero('invalidate', ['target', 0], MIB);
    await change(all.source);
    await expect(startJob(all.environment, plan)).rejects.toMatchObject({ code: 'Refused' });
    const fresh = await images();
    const sameTwice = (await planBetween(fresh.environment, fresh.source, fresh.source)).zero('invalidate', ['target', 0], MIB);
    await expect(startJob(fresh.environment, sameTwice)).rejects.toMatchObject({ code: 'Refused' });
    const shorter = await planFor(fresh);
    await truncate(fresh.target, SIZE - 4096);
    await expect(startJob(fresh.environment, shorter)).rejects.toMatchObject({ code: 'Refused' });
    expect((await readFile(all.target)).equals(Buffer.alloc(SIZE, 0xa5))).toBe(true);
    expect((await readFile(fresh.source)).equals(fresh.content)).toBe(true);
  });

  it('ends as refused when what a check step asserts is not so', async () => {
    const all = await images();
    const plan = (await planFor(all))
      .assert('check', ['source', MIB], Buffer.alloc(512, 9))
      .zero('invalidate', ['target', 0], MIB);
    expect(await runJob(all.environment, plan)).toMatchObject({ state: 'failed', exitStatus: 3 });
    expect((await readFile(all.target)).equals(Buffer.alloc(SIZE, 0xa5))).toBe(true);
  });

  it('clones from an overlay as if from a disk', async () => {
    const all = await images();
    const scattered = Array.from({ length: 200 }, (_, i) => ({ offset: i * 65536, length: 4096 + (i % 5) * 512 }));
    const changes = (await planFor(all))
      .copy('content', ['source', 0], ['target', MIB], scattered)
      .write('content', ['target', 2 * MIB], randomBytes(10_000))
      .zero('content', ['target', 4 * MIB], 100_000);
    const saved = await changes.save(join(all.folder, 'changes'));
    await createSimulator(all.environment.context, all.environment.overlays).simulate({
      ...saved,
      overlay: 'changed',
      paths: {},
    });
    const expected = await all.environment.overlays.open('changed', false);
    const model = await expected.read(0, SIZE);
    await expected.dispose();
    const copy = join(all.folder, 'copy.img');
    await writeFile(copy, Buffer.alloc(SIZE, 0x5a));
    const clone = (await planBetween(all.environment, 'changed', copy))
      .copy('content', ['source', 0], ['target', 0], [{ offset: 0, length: SIZE }])
      .verify('content', 'target');
    expect(await runJob(all.environment, clone)).toMatchObject({ state: 'done', bytesVerified: SIZE });
    expect((await readFile(copy)).equals(model)).toBe(true);
  });

  it('has the same result through NBD as by the engine', async () => {
    const all = await images();
    const ranges = [
      { offset: 512, length: 3 * MIB + 512 },
      { offset: 4 * MIB, length: 9 * MIB },
    ];
    const uri = await serveNode(new MemoryNode(all.content));
    const results = [];
    for (const source of [all.source, uri]) {
      const to = join(all.folder, 'copy.img');
      await writeFile(to, Buffer.alloc(SIZE, 0x5a));
      const plan = (await planBetween(all.environment, source, to))
        .copy('content', ['source', 0], ['target', MIB], ranges)
        .verify('content', 'target');
      const { state, digests, bytesCopied, bytesVerified } = await runJob(all.environment, plan);
      results.push({ state, digests, bytesCopied, bytesVerified, content: sha256(await readFile(to)) });
    }
    expect(results[0]).toMatchObject({ state: 'done', bytesVerified: 12 * MIB + 512 });
    expect(results[1]).toEqual(results[0]);
  });
});
