import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobOptions } from '../../core/src/common/index';
import { ImageService } from '../../core/src/sector/images/imageService';
import type { ServiceContext } from '../../core/src/sector/service/sectorContext';
import { jobEnvironment, type JobEnvironment, planBetween, resumeJob, startJob } from '../support/jobs';
import type { PlanBuilder } from '../support/planBuilder';
import { poke } from '../support/poke';
import { scratchFolder } from '../support/scratch';
import { undoJob, undoPlan } from '../support/undo';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;

interface Scene {
  environment: JobEnvironment;
  source: string;
  target: string;
  before: Buffer;
}

async function scene(): Promise<Scene> {
  const folder = await scratchFolder();
  const source = join(folder, 'source.img');
  const target = join(folder, 'target.img');
  const before = randomBytes(SIZE);
  before.fill(0, 5 * MIB, 7 * MIB);
  const content = randomBytes(SIZE);
  // Where somebody else writes letters, they are to be none that are known to have stood there.
  for (const bytes of [before, content]) bytes.fill(1, 3 * MIB, 3 * MIB + 100);
  await writeFile(source, content);
  await writeFile(target, before);
  return { environment: jobEnvironment(join(folder, 'home')), source, target, before };
}

async function planOf({ environment, source, target }: Scene): Promise<PlanBuilder> {
  return planBetween(environment, source, target);
}

/** A clone: steps 0 and 1 take away, 2 copies content, 4 and 5 commit. */
async function clonePlan(given: Scene): Promise<PlanBuilder> {
  return (await planOf(given))
    .zero('invalidate', ['target', 0], MIB)
    .zero('invalidate', ['target', SIZE - MIB], MIB)
    .copy('content', ['source', 0], ['target', 0], [{ offset: MIB, length: 13 * MIB }])
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 0, length: MIB }])
    .write('commit', ['target', SIZE - 512], Buffer.alloc(512, 7));
}

async function run({ environment }: Scene, plan: PlanBuilder, options: JobOptions = {}, cut = -1): Promise<string> {
  const onStepEnd = (_: string, step: number): void => {
    if (step === cut) throw new Error('cut');
  };
  const { folder, ended } = await startJob(environment, plan, { onStepEnd }, options);
  await ended;
  return folder;
}

async function stateOf(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { state: string }).state;
}

/** An undo of a clone that was interrupted, and that is interrupted itself. */
async function cutUndo(given: Scene): Promise<{ folder: string; undo: Awaited<ReturnType<typeof undoJob>> }> {
  const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB }, 2);
  let steps = 0;
  const undo = await undoJob(given.environment, folder, {
    onStepEnd: () => {
      if (++steps === 3) throw new Error('cut');
    },
  });
  return { folder, undo };
}

/** From now on a file that begins with these bytes is taken for an image, of a format that no plugin serves. */
function knowImages({ context }: JobEnvironment, magic: Buffer): void {
  const images = new ImageService({ host: () => null, audit: null } as unknown as ConstructorParameters<typeof ImageService>[0]);
  const formats = [{ id: 'test', magic: [[{ offset: 0, bytes: magic.toString('hex') }]], nameEndings: [] }];
  void images.handlers()['image/formats']!({ formats }, {} as never);
  (context as ServiceContext).setImages(images);
}

describe('an undo', () => {
  it('gives back the exact bytes of edited structures', async () => {
    const given = await scene();
    const plan = (await planOf(given))
      .write('commit', ['target', 1000], randomBytes(5000))
      .write('commit', ['target', SIZE - 700], randomBytes(700));
    const folder = await run(given, plan);
    expect((await readFile(given.target)).equals(given.before)).toBe(false);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done', exitStatus: 0 });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
    expect(await stateOf(folder)).toBe('undone');
  });

  it.each([-1, 0, 1, 2, 4])(
    'of a whole clone, cut after step %i, gives back everything that was within the budget',
    async (cut) => {
      const given = await scene();
      const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB }, cut);
      expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done', exitStatus: 0 });
      expect((await readFile(given.target)).equals(given.before)).toBe(true);
    },
  );

  it('of a clone is refused when its content was not saved', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given));
    await expect(undoPlan(given.environment, folder)).rejects.toThrow(/13631488 bytes that were not saved/);
  });

  it('of a clone that was cut before its content needs no budget', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given), {}, 1);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });

  it('of a move within a device gives back both places', async () => {
    const given = await scene();
    const plan = (await planOf(given))
      .copy('content', ['target', 2 * MIB], ['target', 4 * MIB], [{ offset: 0, length: 6 * MIB }])
      .write('commit', ['target', 4 * MIB], Buffer.alloc(4096, 1));
    const folder = await run(given, plan);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });

  it('of a move is refused where somebody else has written since', async () => {
    const given = await scene();
    const plan = (await planOf(given)).copy(
      'content',
      ['target', 2 * MIB],
      ['target', 4 * MIB],
      [{ offset: 0, length: 6 * MIB }],
    );
    const folder = await run(given, plan);
    await poke(given.target, 7 * MIB + 5, 'somebody else was here');
    await expect(undoPlan(given.environment, folder)).rejects.toMatchObject({ code: 'Refused', detail: { offset: 7 * MIB } });
  });

  it('without the source is refused where somebody else has written since', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB });
    await writeFile(given.source, 'gone');
    await poke(given.target, 3 * MIB + 5, 'somebody else was here');
    await expect(undoPlan(given.environment, folder)).rejects.toMatchObject({ code: 'Refused', detail: { offset: 3 * MIB } });
  });

  it('reads what it gives back as it is, though it bears the mark of an image', async () => {
    const given = await scene();
    const magic = Buffer.from('QFI\xfb', 'latin1');
    await poke(given.target, 0, [...magic]);
    const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB });
    knowImages(given.environment, magic);
    const { plan } = await undoPlan(given.environment, folder);
    expect(plan.devices.find(({ role }) => role === 'source')).toMatchObject({ identity: { kind: 'file', size: SIZE } });
  });

  it('takes a target for the file that it was, though the job has made an image of it', async () => {
    const given = await scene();
    const magic = Buffer.from('QFI\xfb', 'latin1');
    await poke(given.source, 0, [...magic]);
    const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB });
    knowImages(given.environment, magic);
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done', exitStatus: 0 });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });

  it('is refused where somebody else has written since', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB });
    await poke(given.target, 3 * MIB + 5, 'somebody else was here');
    await expect(undoPlan(given.environment, folder)).rejects.toMatchObject({ code: 'Refused', detail: { offset: 3 * MIB + 5 } });
  });

  it('needs no source', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given), { undoBudget: 64 * MIB });
    await writeFile(given.source, 'gone');
    expect(await undoJob(given.environment, folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });

  it('that was interrupted goes on, and keeps the job from being resumed', async () => {
    const given = await scene();
    const { folder, undo } = await cutUndo(given);
    expect(undo.state).toBe('failed');
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/is being undone/);
    expect(await resumeJob(given.environment, undo.folder)).toMatchObject({ state: 'done' });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
    expect(await stateOf(folder)).toBe('undone');
  });

  it('that cannot go on keeps the job from being resumed all the same', async () => {
    const given = await scene();
    const { folder, undo } = await cutUndo(given);
    // Nobody can listen there.
    await mkdir(join(undo.folder, 'control.sock', 'taken'), { recursive: true });
    await expect(resumeJob(given.environment, undo.folder)).rejects.toThrow();
    await expect(resumeJob(given.environment, folder)).rejects.toThrow(/is being undone/);
  });

  it('with a budget that is too small is refused before anything is written', async () => {
    const given = await scene();
    const folder = await run(given, await clonePlan(given), { undoBudget: 2 * MIB });
    expect(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))).toMatchObject({
      state: 'failed',
      result: { exitStatus: 3 },
    });
    expect((await readFile(given.target)).equals(given.before)).toBe(true);
  });
});
