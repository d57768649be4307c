import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobEnvironment, type JobEnvironment, planBetween, resumeJob, startJob } from '../support/jobs';
import { undoJob } from '../support/undo';
import type { PlanBuilder } from '../support/planBuilder';
import { poke } from '../support/poke';
import { RecordingNode } from '../support/recordingNode';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';

const MIB = 1024 * 1024;
const SIZE = 8 * MIB;
const WITHOUT = { digests: false };

interface Scene {
  environment: JobEnvironment;
  source: string;
  target: string;
  content: Buffer;
  before: Buffer;
}

async function scene(): Promise<Scene> {
  const folder = await scratchFolder();
  const [source, target] = ['source.img', 'target.img'].map((name) => join(folder, name)) as [string, string];
  const [content, before] = [randomBytes(SIZE).fill(0, 5 * MIB, 6 * MIB), randomBytes(SIZE)];
  await writeFile(source, content);
  await writeFile(target, before);
  return { environment: jobEnvironment(join(folder, 'home')), source, target, content, before };
}

async function clonePlan({ environment, source, target }: Scene): Promise<PlanBuilder> {
  return (await planBetween(environment, source, target))
    .copy('content', ['source', 0], ['target', 0], [{ offset: MIB, length: SIZE - MIB }])
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 0, length: MIB }]);
}

/** Runs the plan up to the end of its first step. */
async function cutBehindCopy(given: Scene, options: object): Promise<string> {
  const onStepEnd = (phase: string): void => {
    if (phase === 'content') throw new Error('cut');
  };
  const { folder, ended } = await startJob(given.environment, await clonePlan(given), { onStepEnd }, options);
  await ended;
  return folder;
}

describe('a copy without digests', () => {
  it('is whole, and verified against the source', async () => {
    const given = await scene();
    const { ended } = await startJob(given.environment, await clonePlan(given), {}, WITHOUT);
    expect(await ended).toMatchObject({ state: 'done', bytesVerified: SIZE - MIB, digests: [] });
    expect((await readFile(given.target)).equals(given.content)).toBe(true);
  });

  it('through nodes is whole, and verified', async () => {
    const given = await scene();
    const node = new RecordingNode(given.before);
    const target = await serveNode(node, node);
    const { ended } = await startJob(given.environment, await clonePlan({ ...given, target }), {}, WITHOUT);
    expect(await ended).toMatchObject({ state: 'done', bytesVerified: SIZE - MIB, digests: [] });
    expect(node.bytes.equals(given.content)).toBe(true);
  });

  it('fails its verification where the target is not as the source', async () => {
    const given = await scene();
    const at = 3 * MIB + 12_345;
    const onStepEnd = async (phase: string, step: number): Promise<void> => {
      if (phase === 'content' && step === 0) await poke(given.target, at, [given.content[at]! ^ 1]);
    };
    const { ended } = await startJob(given.environment, await clonePlan(given), { onStepEnd }, WITHOUT);
    expect(await ended).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(`other bytes at ${at} than`) as string,
    });
  });

  it('is gone on with, unless somebody else has written there, and is undone', async () => {
    const given = await scene();
    const folder = await cutBehindCopy(given, { ...WITHOUT, undoBudget: SIZE });
    const at = SIZE - MIB + 512;
    await poke(given.target, at, 'of somebody else');
    await expect(resumeJob(given.environment, folder)).rejects.toThrow('is not the target as the job has left it');
    await poke(given.target, at, [...given.content.subarray(at, at + 16)]);
    expect(await resumeJob(given.environment, folder)).toMatchObject({ state: 'done', bytesVerified: SIZE - MIB, digests: [] });
    expect((await readFile(given.target)).equals(given.content)).toBe(true);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });
});
