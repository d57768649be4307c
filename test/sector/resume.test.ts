import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobEnvironment, type JobEnvironment, planBetween, resumeJob, runJob, startJob } from '../support/jobs';
import type { PlanBuilder } from '../support/planBuilder';
import { poke } from '../support/poke';
import { scratchFolder } from '../support/scratch';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;

interface Scene {
  environment: JobEnvironment;
  source: string;
  target: string;
  content: Buffer;
  plan: PlanBuilder;
}

/** A clone of random bytes onto a target full of 0xA5, in two copies; steps 2 and 3. */
async function scene(): Promise<Scene> {
  const folder = await scratchFolder();
  const environment = jobEnvironment(join(folder, 'home'));
  const source = join(folder, 'source.img');
  const target = join(folder, 'target.img');
  const content = randomBytes(SIZE);
  // Where somebody else writes letters, they are to be none that the job may have written.
  content.fill(1, 1000, 1100);
  await writeFile(source, content);
  await writeFile(target, Buffer.alloc(SIZE, 0xa5));
  const plan = (await planBetween(environment, source, target))
    .zero('invalidate', ['target', 0], MIB)
    .zero('invalidate', ['target', SIZE - MIB], MIB)
    .copy('content', ['source', 0], ['target', 0], [{ offset: MIB, length: 7 * MIB }])
    .copy('content', ['source', 0], ['target', 0], [{ offset: 8 * MIB, length: 7 * MIB }])
    .write('content', ['target', 4 * MIB + 100], Buffer.from('later'))
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 0, length: MIB }])
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 15 * MIB, length: MIB }])
    .verify('commit', 'target');
  return { environment, source, target, content, plan };
}

/** Runs the job until a step has ended, and lets it fail there. */
async function cutAfter({ environment, plan }: Scene, cut: number): Promise<string> {
  const { folder, ended } = await startJob(environment, plan, {
    onStepEnd: (_, step) => {
      if (step === cut) throw new Error('cut');
    },
  });
  await ended;
  return folder;
}

function expected({ content }: Scene): Buffer {
  const model = Buffer.from(content);
  model.write('later', 4 * MIB + 100);
  return model;
}

describe('a job whose journal is damaged before its end', () => {
  it('is not resumed, as nobody can tell how far it was', async () => {
    const given = await scene();
    const folder = await cutAfter(given, 3);
    const journal = join(folder, 'journal');
    const [first, ...others] = (await readFile(journal, 'latin1')).split('\n');
    await writeFile(journal, [first!.replace('started', 'startet'), ...others].join('\n'), 'latin1');
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/journal is damaged at byte 0/);
  });
});

describe('a job that is resumed', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('after step %i comes to the same end', async (cut) => {
    const given = await scene();
    const folder = await cutAfter(given, cut);
    expect(await resumeJob(given.environment, folder)).toMatchObject({ state: 'done', exitStatus: 0, bytesCopied: SIZE });
    expect((await readFile(given.target)).equals(expected(given))).toBe(true);
  });

  it('does not copy again what is on the medium', async () => {
    const given = await scene();
    const folder = await cutAfter(given, 3);
    await resumeJob(given.environment, folder);
    const journal = (await readFile(join(folder, 'journal'), 'utf8')).split('\n');
    expect(journal.filter((line) => line.includes('"type":"checkpoint"'))).toHaveLength(4);
    expect(journal.filter((line) => line.includes('"type":"resumed"'))).toHaveLength(1);
  });

  it('finds that what an earlier run copied is not there any more', async () => {
    const given = await scene();
    const folder = await cutAfter(given, 3);
    await poke(given.target, 2 * MIB, 'somebody else was here');
    expect(await resumeJob(given.environment, folder)).toMatchObject({ state: 'failed' });
  });

  it('is refused on another target, on a changed one, and with a changed source', async () => {
    const given = await scene();
    const folder = await cutAfter(given, 3);
    const left = await readFile(given.target);
    await poke(given.target, 1000, 'somebody else was here');
    await expect(resumeJob(given.environment, folder)).rejects.toMatchObject({ code: 'Refused', detail: { offset: 1000 } });
    await writeFile(given.target, Buffer.alloc(SIZE));
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/what the job has copied/);
    await writeFile(given.target, left.subarray(0, SIZE - 4096));
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/size/);
    await writeFile(given.target, left);
    await poke(given.source, 512, 'somebody else was here');
    await expect(resumeJob(given.environment, folder)).rejects.toMatchObject({ code: 'Refused' });
    expect((await readFile(given.target)).equals(left)).toBe(true);
  });

  it('is refused when it is done', async () => {
    const given = await scene();
    const { folder, ended } = await startJob(given.environment, given.plan);
    await ended;
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/is done/);
  });

  it('starts from the beginning when nothing was written', async () => {
    const given = await scene();
    const { folder, ended } = await startJob(given.environment, given.plan, {
      onStepEnd: () => {
        throw new Error('cut');
      },
    });
    await ended;
    await writeFile(join(folder, 'journal'), '');
    await writeFile(given.target, Buffer.alloc(SIZE, 0xa5));
    expect(await resumeJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(expected(given))).toBe(true);
  });

  it('has the result of one that was never interrupted', async () => {
    const given = await scene();
    const folder = await cutAfter(given, 2);
    const resumed = await resumeJob(given.environment, folder);
    await writeFile(given.target, Buffer.alloc(SIZE, 0xa5));
    const whole = await runJob(given.environment, given.plan);
    const facts = ({ state, digests, bytesCopied, bytesVerified, holeCount }: typeof whole): object => ({
      state,
      digests,
      bytesCopied,
      bytesVerified,
      holeCount,
    });
    expect(facts(resumed)).toEqual(facts(whole));
  });
});
