import { existsSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WritableNode } from '../../core/src/sector/nodes/blockNode';
import { createSimulator } from '../../core/src/sector/plan/simulator';
import { clonePlan, type Disk, fillA5, makeDisk } from '../support/clonePlan';
import { identityOf, type JobEnvironment, jobEnvironment, runJob } from '../support/jobs';
import { fuseFile } from '../support/nbdExport';
import { PlanBuilder } from '../support/planBuilder';
import { scratchFolder } from '../support/scratch';
import { serveNode } from '../support/serveNode';
import { must, sha256OfFile, tool } from '../support/tool';
import { requireCondition, requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const SIZE = 32 * MIB;

interface Scene {
  environment: JobEnvironment;
  folder: string;
  source: Disk;
  target: Disk;
}

async function disk(path: string): Promise<Disk> {
  await writeFile(path, '');
  await truncate(path, SIZE);
  return { path, size: SIZE, sectorSize: 512 };
}

/** A clone of a valid disk onto one full of 0xA5, simulated as the overlay `clone`. */
async function simulated(): Promise<Scene> {
  const folder = await scratchFolder();
  const environment = jobEnvironment(join(folder, 'home'));
  const source = await disk(join(folder, 'source.img'));
  const target = await disk(join(folder, 'target.img'));
  await makeDisk(source, 'new');
  await fillA5(target);
  const saved = await (await clonePlan(environment, source, target)).save(join(folder, 'plan'));
  await createSimulator(environment.context, environment.overlays).simulate({ ...saved, overlay: 'clone', paths: {} });
  return { environment, folder, source, target };
}

describe('a simulated clone', () => {
  requireTool('sgdisk', 'mkfs.ext4', 'e2fsck');

  it('is the disk that the clone would be, for other programs, and writes no target', async () => {
    requireTool('qemu-img', 'sfdisk');
    const { environment, folder, source, target } = await simulated();
    const before = await sha256OfFile(target.path);
    const uri = await serveNode(await environment.overlays.open('clone', false));
    const image = join(folder, 'read-back.img');
    await must('qemu-img', 'convert', '-f', 'raw', '-O', 'raw', uri, image);
    await must('sgdisk', '--verify', image);
    const table = async (path: string): Promise<string> => (await must('sfdisk', '-d', path)).replaceAll(path, '');
    expect(await table(image)).toBe(await table(source.path));
    const real = await runJob(environment, await clonePlan(environment, source, target));
    expect(real.state).toBe('done');
    expect(await sha256OfFile(image)).toBe(await sha256OfFile(target.path));
    expect(await sha256OfFile(target.path)).not.toBe(before);
  });

  it('is stale once its target was written', async () => {
    const { environment, source, target } = await simulated();
    expect(await runJob(environment, await clonePlan(environment, source, target))).toMatchObject({ state: 'done' });
    await expect(environment.overlays.open('clone', false)).rejects.toMatchObject({ code: 'Stale' });
  });

  it("is shrunk by resize2fs and repaired by e2fsck, which change the overlay's own files only", async () => {
    requireTool('nbdfuse', 'resize2fs', 'fusermount3');
    requireCondition(existsSync('/dev/fuse'), 'needs /dev/fuse');
    const { environment, folder, source, target } = await simulated();
    const sums = async (): Promise<string[]> => Promise.all([source.path, target.path].map(sha256OfFile));
    const before = await sums();
    const volume = `?offset=${MIB}`;
    const node = (await environment.overlays.open('clone', true)) as WritableNode;
    const file = await fuseFile(await serveNode(node, node), folder);
    await must('e2fsck', '-fy', `${file}${volume}`);
    await tool('resize2fs', `${file}${volume}`, '20M');
    await must('e2fsck', '-fn', `${file}${volume}`);
    expect(await must('dumpe2fs', '-h', `${file}${volume}`)).toMatch(/Block count:\s+5120\n/);
    await node.flush();
    const again = jobEnvironment(environment.home);
    await expect(again.overlays.open('clone', false)).rejects.toThrow(/in use by another process/);
    expect(await sums()).toEqual(before);
  });

  it('can be the target of a job, which leaves what is below alone', async () => {
    const { environment, target } = await simulated();
    const before = await sha256OfFile(target.path);
    const plan = new PlanBuilder()
      .device('target', 'target', 'clone', await identityOf(environment, 'clone'))
      .copy('content', ['target', 2 * MIB], ['target', 8 * MIB], [{ offset: 0, length: 3 * MIB + 512 }])
      .write('content', ['target', 9 * MIB + 5], Buffer.from('in the overlay'))
      .verify('content', 'target');
    const overlay = await environment.overlays.open('clone', false);
    const model = await overlay.read(0, SIZE);
    await overlay.dispose();
    model.copyWithin(8 * MIB, 2 * MIB, 5 * MIB + 512);
    model.write('in the overlay', 9 * MIB + 5);
    expect(await runJob(environment, plan)).toMatchObject({ state: 'done', exitStatus: 0 });
    const after = await environment.overlays.open('clone', false);
    expect((await after.read(0, SIZE)).equals(model)).toBe(true);
    await after.dispose();
    expect(await sha256OfFile(target.path)).toBe(before);
  });
});
