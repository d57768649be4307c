import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { damagedExport } from '../support/damagedExport';
import { identityOf, jobEnvironment, planBetween, runJob } from '../support/jobs';
import { scratchFolder } from '../support/scratch';
import { requireTool } from '../support/tools';

const SIZE = 4 * 1024 * 1024;
const HEAD = { offset: 8192, length: 1024 };
const TAIL = { offset: SIZE - 16384, length: 512 };

async function image(content: Buffer = randomBytes(SIZE)): Promise<{ folder: string; path: string; content: Buffer }> {
  const folder = await scratchFolder();
  const path = join(folder, 'disk.img');
  await writeFile(path, content);
  return { folder, path, content };
}

async function identity(uri: string): Promise<DeviceIdentity> {
  return identityOf(jobEnvironment(await scratchFolder()), uri);
}

describe('the identity of a disk with unreadable sectors at its ends', () => {
  it('stays the same while the damage does, and is not that of the sound disk', async () => {
    requireTool('nbdkit');
    const { path } = await image();
    const damaged = await identity((await damagedExport(path, [HEAD, TAIL])).uri);
    expect(await identity((await damagedExport(path, [HEAD, TAIL])).uri)).toEqual(damaged);
    const sound = await identity((await damagedExport(path, [])).uri);
    expect(sound).toMatchObject({ size: damaged.size, kind: 'nbd' });
    expect(sound.fingerprint).not.toBe(damaged.fingerprint);
  });

  it('tells where the damage is, also from zeros', async () => {
    requireTool('nbdkit');
    const { path } = await image(Buffer.alloc(SIZE));
    const fingerprints = new Set<string>();
    for (const bad of [[], [HEAD], [TAIL], [HEAD, TAIL], [{ ...HEAD, length: 512 }]])
      fingerprints.add((await identity((await damagedExport(path, bad)).uri)).fingerprint);
    expect(fingerprints.size).toBe(5);
  });

  it('changes with what can be read beside the damage', async () => {
    requireTool('nbdkit');
    const { path, content } = await image();
    const before = await identity((await damagedExport(path, [HEAD])).uri);
    content[HEAD.offset - 1]! ^= 1;
    await writeFile(path, content);
    expect((await identity((await damagedExport(path, [HEAD])).uri)).fingerprint).not.toBe(before.fingerprint);
  });

  it('lets a job copy it, with holes', async () => {
    requireTool('nbdkit');
    const { folder, path, content } = await image();
    const { uri } = await damagedExport(path, [HEAD, TAIL]);
    const environment = jobEnvironment(join(folder, 'home'));
    const target = join(folder, 'target.img');
    await writeFile(target, Buffer.alloc(SIZE, 0xa5));
    const plan = (await planBetween(environment, uri, target))
      .copy('content', ['source', 0], ['target', 0], [{ offset: 0, length: SIZE }])
      .verify('content', 'target');
    expect(await runJob(environment, plan)).toMatchObject({ state: 'done', exitStatus: 4, holeCount: 2 });
    for (const { offset, length } of [HEAD, TAIL]) content.fill(0, offset, offset + length);
    expect((await identity(target)).fingerprint).toBe((await identity((await image(content)).path)).fingerprint);
  });
});
