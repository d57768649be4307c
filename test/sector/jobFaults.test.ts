import { randomBytes } from 'node:crypto';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPeer } from '@diskwright/sdk/rpc';
import { type JobResult, serviceMessages, type ServiceProtocol } from '../../core/src/common/index';
import { damagedExport } from '../support/damagedExport';
import { jobEnvironment, type JobEnvironment, planBetween, runJob, startJob } from '../support/jobs';
import { nbdkit } from '../support/nbdServer';
import type { PlanBuilder } from '../support/planBuilder';
import { poke } from '../support/poke';
import { scratchFolder } from '../support/scratch';
import { must } from '../support/tool';
import { requireRoot, requireTool } from '../support/tools';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;

interface Scene {
  environment: JobEnvironment;
  folder: string;
  content: Buffer;
  source: string;
}

async function scene(): Promise<Scene> {
  const folder = await scratchFolder();
  const content = randomBytes(SIZE);
  const source = join(folder, 'source.img');
  await writeFile(source, content);
  return { environment: jobEnvironment(join(folder, 'home')), folder, content, source };
}

async function target(folder: string): Promise<string> {
  const path = join(folder, 'target.img');
  await writeFile(path, Buffer.alloc(SIZE, 0xa5));
  return path;
}

/** Copies everything; the first 64 KiB in the commit. */
async function plan(environment: JobEnvironment, source: string, to: string): Promise<PlanBuilder> {
  return (await planBetween(environment, source, to))
    .zero('invalidate', ['target', 0], 65536)
    .copy('content', ['source', 0], ['target', 0], [{ offset: 65536, length: SIZE - 65536 }])
    .verify('content', 'target')
    .copy('commit', ['source', 0], ['target', 0], [{ offset: 0, length: 65536 }])
    .verify('commit', 'target');
}

describe('a job on bad hardware', () => {
  it('fails with the offset when the disk below the target is full', async () => {
    requireRoot();
    const { environment, folder, source } = await scene();
    const small = join(folder, 'small');
    await mkdir(small);
    await must('mount', '-t', 'tmpfs', '-o', 'size=4M', 'tmpfs', small);
    onTestFinished(async () => void (await must('umount', small)));
    const to = join(small, 'target.img');
    await writeFile(to, '');
    await truncate(to, SIZE);
    const result = await runJob(environment, await plan(environment, source, to));
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, error: { data: { device: to } } });
    expect(result.message).toMatch(/no space is left/);
    expect((result.error!.data as { offset: number }).offset).toBeGreaterThanOrEqual(65536);
  });

  it('records what cannot be read, writes zeros there and says so', async () => {
    requireTool('nbdkit');
    const { environment, folder, content, source } = await scene();
    const bad = 5 * MIB + 8192;
    const { uri } = await damagedExport(source, [{ offset: bad, length: 4096 }]);
    const to = await target(folder);
    const result = await runJob(environment, await plan(environment, uri, to));
    expect(result).toMatchObject({ state: 'done', exitStatus: 4, message: 'Done with 1 hole', holeCount: 1, error: null });
    expect(result.holes).toEqual([{ device: uri, offset: bad, length: 4096, step: 1 }]);
    expect((await readFile(to)).equals(content.fill(0, bad, bad + 4096))).toBe(true);
  });

  it('fails when what the commit copies cannot be read', async () => {
    requireTool('nbdkit');
    const { environment, folder, source } = await scene();
    const bad = 8 * MIB;
    const { uri } = await damagedExport(source, [{ offset: bad, length: 4096 }]);
    const to = await target(folder);
    const builder = (await planBetween(environment, uri, to)).copy(
      'commit',
      ['source', 0],
      ['target', 0],
      [{ offset: 8 * MIB - 65536, length: 131072 }],
    );
    const result = await runJob(environment, builder);
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, holeCount: 0, error: { data: { device: uri, offset: bad } } });
  });

  it.each(['source', 'target'] as const)('fails when the server of its %s is gone', async (which) => {
    requireTool('nbdkit');
    const { environment, folder, source } = await scene();
    const image = which === 'source' ? source : await target(folder);
    const server = await nbdkit('--filter=delay', 'file', image, which === 'source' ? 'rdelay=200ms' : 'wdelay=200ms');
    const builder =
      which === 'source'
        ? await plan(environment, server.uri, await target(folder))
        : await plan(environment, source, server.uri);
    const killed = { yet: false };
    const onStepEnd = (phase: string): void => {
      if (phase !== 'invalidate' || killed.yet) return;
      killed.yet = true;
      setTimeout(() => void server.kill(), 250);
    };
    const result = await runJob(environment, builder, { onStepEnd });
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, error: { data: { device: server.uri } } });
    expect(result.message).toContain(server.uri);
  });

  it('finds the write that an NBD target acknowledged and dropped', async () => {
    requireTool('nbdkit');
    const { environment, folder, source } = await scene();
    const image = await target(folder);
    const lost = 9 * MIB + 12345;
    const write = `if [ $4 -le ${lost} ] && [ $(($4 + $3)) -gt ${lost} ]; then head -c $3 > /dev/null; else dd of=${image} oflag=seek_bytes seek=$4 conv=notrunc bs=1M status=none; fi`;
    const { uri } = await nbdkit(
      'eval',
      `get_size=echo ${SIZE}`,
      `pread=dd if=${image} iflag=skip_bytes,count_bytes,fullblock skip=$4 count=$3 bs=1M status=none`,
      `pwrite=${write}`,
      'can_write=exit 0',
      'flush=sync',
      'can_flush=exit 0',
    );
    const result = await runJob(environment, await plan(environment, source, uri));
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, error: { data: { device: uri } } });
    const { offset } = result.error!.data as { offset: number };
    expect(offset).toBeLessThanOrEqual(lost);
    expect(offset).toBeGreaterThan(lost - MIB);
    expect(result.message).toBe(`${uri} holds other bytes at ${offset} than were written there`);
  });

  it('finds the first byte that a file does not hold as it was written', async () => {
    const { environment, folder, content, source } = await scene();
    const to = await target(folder);
    const wrong = 7 * MIB + 777;
    const onStepEnd = async (_: string, step: number): Promise<void> => {
      if (step === 1) await poke(to, wrong, [content[wrong]! ^ 0xff]);
    };
    const result = await runJob(environment, await plan(environment, source, to), { onStepEnd });
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, error: { data: { device: to, offset: wrong } } });
  });

  it('tells a source that changes while it is copied from a bad target', async () => {
    const { environment, folder, content, source } = await scene();
    const to = await target(folder);
    const wrong = 7 * MIB + 777;
    const onStepEnd = async (_: string, step: number): Promise<void> => {
      if (step === 1) for (const path of [source, to]) await poke(path, wrong, [content[wrong]! ^ 0xff]);
    };
    const result = await runJob(environment, await plan(environment, source, to), { onStepEnd });
    expect(result).toMatchObject({ state: 'failed', exitStatus: 1, error: { data: { device: source } } });
    expect(result.message).toMatch(/reads differently/);
  });
});

describe('a running job', () => {
  it('is followed and cancelled through its control socket, at once', async () => {
    requireTool('nbdkit');
    const { environment, folder, source } = await scene();
    const server = await nbdkit('--filter=delay', 'file', await target(folder), 'wdelay=5');
    const builder = await plan(environment, source, server.uri);
    builder.plan.steps = builder.plan.steps.filter((step) => step.kind === 'copy');
    const job = await startJob(environment, builder);
    const ended = new Promise<JobResult>((resolve) => {
      const peer = createPeer<ServiceProtocol>({
        stream: connect({ path: join(job.folder, 'control.sock') }),
        table: serviceMessages,
        side: 'plugin',
        name: 'job',
        handlers: {
          'job/progress': async ({ progress }) => {
            if (progress.stage !== 'content') return;
            asked ||= performance.now();
            await peer.request('job/cancel', {});
          },
          'job/ended': ({ result }) => resolve(result),
        },
      });
      onTestFinished(() => peer.close());
      void peer.request('job/attach', {}).then(({ jobId }) => expect(jobId).toBe(job.jobId));
    });
    let asked = 0;
    const result = await ended;
    const milliseconds = performance.now() - asked;
    expect(result).toMatchObject({ state: 'cancelled', exitStatus: 130 });
    process.stdout.write(`cancelled after ${Math.round(milliseconds)} ms\n`);
    expect(milliseconds).toBeLessThan(1000);
    await job.ended;
  });

  it('keeps others from its target and its folder', async () => {
    requireTool('nbdkit');
    const { environment, folder, source } = await scene();
    const to = await target(folder);
    const other = join(folder, 'other.img');
    await writeFile(other, Buffer.alloc(SIZE, 1));
    const waiting: { go?: () => void } = {};
    const onStepEnd = (): Promise<void> => new Promise((resolve) => (waiting.go = resolve));
    const builder = await plan(environment, source, to);
    builder.plan.steps = builder.plan.steps.slice(0, 1);
    const intruder = await plan(environment, other, to);
    const reverse = await plan(environment, other, source);
    const job = await startJob(environment, builder, { onStepEnd });
    await expect(startJob(environment, intruder)).rejects.toMatchObject({ code: 'Refused' });
    await expect(startJob(environment, reverse)).rejects.toMatchObject({ code: 'Refused' });
    while (!waiting.go) await new Promise((resolve) => setImmediate(resolve));
    waiting.go();
    expect(await job.ended).toMatchObject({ state: 'done' });
  });
});
