import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobResultText } from '../../core/src/host/text/jobText';
import { jobEnvironment, type JobEnvironment, planBetween, resumeJob, startJob } from '../support/jobs';
import { mountedFilesystem } from '../support/mountedFilesystem';
import type { PlanBuilder } from '../support/planBuilder';
import { poke } from '../support/poke';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';
import { undoJob } from '../support/undo';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;
const FILESYSTEM_BYTES = 512 * MIB;

requireRoot();
requireTool('mkfs.btrfs', 'mkfs.xfs', 'mkfs.ext4', 'filefrag');

interface Scene {
  environment: JobEnvironment;
  source: string;
  target: string;
  content: Buffer;
  before: Buffer;
}

async function scene(type: 'btrfs' | 'xfs' | 'ext4'): Promise<Scene> {
  const folder = await mountedFilesystem(type, FILESYSTEM_BYTES);
  const [source, target] = [join(folder, 'source.img'), join(folder, 'target.img')];
  const [content, before] = [randomBytes(SIZE), randomBytes(SIZE)];
  await writeFile(source, content);
  await writeFile(target, before);
  return { environment: jobEnvironment(join(await scratchFolder(), 'home')), source, target, content, before };
}

/** Everything of the source, the last MiB in the commit; `start` is where the content begins. */
async function clonePlan({ environment, source, target }: Scene, start = 0): Promise<PlanBuilder> {
  return (await planBetween(environment, source, target))
    .copy('content', ['source', 0], ['target', 0], [{ offset: start, length: 15 * MIB - start }])
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 15 * MIB, length: MIB }])
    .verify('commit', 'target');
}

/** Bytes of a file that lie in blocks which another file has, too, as the filesystem's own map tells. */
async function sharedBytes(path: string): Promise<number> {
  const lines = (await must('filefrag', '-v', '-b1', path)).split('\n').filter((line) => line.includes('shared'));
  // `0: 0..15728639: 13631488..29360127: 15728640: shared,eof`
  return lines.reduce((sum, line) => sum + Number(line.split(':')[3]), 0);
}

describe('a copy with reflink', () => {
  it.each(['btrfs', 'xfs'] as const)('on %s shares the content, and says that it is not verified', async (type) => {
    const given = await scene(type);
    const { ended } = await startJob(given.environment, await clonePlan(given), {}, { reflink: true });
    const result = await ended;
    expect(result).toMatchObject({ state: 'done', bytesCopied: SIZE, bytesReflinked: 15 * MIB, bytesVerified: MIB });
    expect(result.digests.map(({ step }) => step)).toEqual([2]);
    expect(jobResultText(result)).toContain('15 MiB shared with the source, not verified), 1 MiB verified');
    expect((await readFile(given.target)).equals(given.content)).toBe(true);
    expect(await sharedBytes(given.target)).toBe(15 * MIB);
  });

  it('copies, and verifies, where the filesystem cannot share, and where offsets are no whole blocks', async () => {
    for (const [type, start] of [
      ['ext4', 0],
      ['xfs', 512],
    ] as const) {
      const given = await scene(type);
      const { ended } = await startJob(given.environment, await clonePlan(given, start), {}, { reflink: true });
      const result = await ended;
      expect(result).toMatchObject({ state: 'done', bytesVerified: SIZE - start });
      expect(result.bytesReflinked).toBeUndefined();
      expect((await readFile(given.target)).subarray(start).equals(given.content.subarray(start))).toBe(true);
    }
  });

  it('is not done unless it is asked for', async () => {
    const given = await scene('btrfs');
    const { ended } = await startJob(given.environment, await clonePlan(given));
    expect(await ended).toMatchObject({ state: 'done', bytesVerified: SIZE });
    expect(await sharedBytes(given.target)).toBe(0);
  });

  it('is gone on with, unless what it shared is not there any more, and is undone', async () => {
    const given = await scene('xfs');
    const onStepEnd = (_: string, step: number): void => {
      if (step === 0) throw new Error('cut');
    };
    const options = { reflink: true, undoBudget: SIZE };
    const { folder, ended } = await startJob(given.environment, await clonePlan(given), { onStepEnd }, options);
    await ended;
    const at = 14 * MIB + 512 * 1024;
    await poke(given.target, at, 'of somebody else');
    await expect(resumeJob(given.environment, folder)).rejects.toThrow('is not the target as the job has left it');
    await poke(given.target, at, [...given.content.subarray(at, at + 4096)]);
    expect(await resumeJob(given.environment, folder)).toMatchObject({ state: 'done', bytesReflinked: 15 * MIB });
    expect((await readFile(given.target)).equals(given.content)).toBe(true);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });
});
