/** Jobs in the test's own process: the sector service's parts without its sockets. */
import { mkdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DeviceIdentity } from '@diskwright/sdk/protocol';
import { createPeer } from '@diskwright/sdk/rpc';
import {
  type JobOptions,
  type JobProgress,
  type JobResult,
  serviceMessages,
  type ServiceProtocol,
} from '../../core/src/common/index';
import type { AuditLog } from '../../core/src/sector/audit/auditLog';
import type { OverlayOpener, SectorContext } from '../../core/src/sector/contracts';
import { createJobRunner } from '../../core/src/sector/job/jobRunner';
import type { JobHooks } from '../../core/src/sector/job/runningJob';
import { Claims } from '../../core/src/sector/leases/claimRegistry';
import { createOverlayOpener } from '../../core/src/sector/overlay/index';
import { ServiceContext } from '../../core/src/sector/service/sectorContext';
import { PlanBuilder } from './planBuilder';

/** What a job runs in: real devices, real safety checks. */
export interface JobEnvironment {
  home: string;
  context: SectorContext;
  overlays: OverlayOpener;
}

export function jobEnvironment(home: string): JobEnvironment {
  const context = new ServiceContext(home, false, new Claims());
  const overlays = createOverlayOpener(context);
  context.setOverlays(overlays);
  return { home, context, overlays };
}

/** The identity of a device as it is now. */
export async function identityOf({ context }: JobEnvironment, path: string): Promise<DeviceIdentity> {
  const opened = await context.open(path);
  try {
    return await context.identify(opened);
  } finally {
    await opened.node.dispose();
  }
}

/** A plan to be filled with steps; its devices are named `source` and `target`. */
export async function planBetween(environment: JobEnvironment, source: string, target: string): Promise<PlanBuilder> {
  return new PlanBuilder()
    .device('source', 'source', source, await identityOf(environment, source))
    .device('target', 'target', target, await identityOf(environment, target));
}

export interface StartedJob {
  folder: string;
  jobId: string;
  ended: Promise<JobResult>;
  progress: JobProgress[];
}

let jobs = 0;

/** Starts a job of the plan; rejects when it is refused. @param audit where what it reads and writes is put on record */
export async function startJob(
  environment: JobEnvironment,
  builder: PlanBuilder,
  hooks: JobHooks = {},
  options?: JobOptions,
  audit: AuditLog | null = null,
): Promise<StartedJob> {
  const folder = join(environment.home, 'jobs', `job-${++jobs}`);
  await mkdir(folder, { recursive: true });
  const { digest } = await builder.save(join(folder, 'plan.json'), join(folder, 'blobs'));
  const runner = createJobRunner(environment.context, hooks, audit);
  const progress: JobProgress[] = [];
  runner.onProgress((_, value) => progress.push(value));
  const ended = new Promise<JobResult>((resolve) => runner.onEnded((_, result) => resolve(result)));
  const { jobId } = await runner.start({ folder, digest, paths: {}, ...(options && { options }) });
  return { folder, jobId, ended, progress };
}

/** Starts jobs that share their reads; rejects when one of them is refused. */
export async function startJobsTogether(environment: JobEnvironment, builders: readonly PlanBuilder[]): Promise<StartedJob[]> {
  const runner = createJobRunner(environment.context);
  const asked = [];
  for (const [index, builder] of builders.entries()) {
    const folder = join(environment.home, 'jobs', `job-${++jobs}`);
    await mkdir(folder, { recursive: true });
    const { digest } = await builder.save(join(folder, 'plan.json'), join(folder, 'blobs'));
    const group = { id: `job-${jobs - index}`, title: 'All of them', number: index + 1, count: builders.length };
    asked.push({ folder, digest, paths: {}, options: { group } });
  }
  const started = asked.map(({ folder }): StartedJob => {
    const jobId = basename(folder);
    const progress: JobProgress[] = [];
    runner.onProgress((id, value) => id === jobId && progress.push(value));
    const ended = new Promise<JobResult>((resolve) => runner.onEnded((id, result) => id === jobId && resolve(result)));
    return { folder, jobId, ended, progress };
  });
  await runner.startTogether({ jobs: asked });
  return started;
}

/** Runs a job to its end, and checks that its record says the same. */
export async function runJob(environment: JobEnvironment, builder: PlanBuilder, hooks: JobHooks = {}): Promise<JobResult> {
  const { folder, ended } = await startJob(environment, builder, hooks);
  const result = await ended;
  const stored = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { result: JobResult };
  if (!isDeepStrictEqual(stored.result, JSON.parse(JSON.stringify(result))))
    throw new Error('state.json differs from the result');
  return result;
}

/** Goes on with a job to its end; rejects when it is refused. */
export async function resumeJob(environment: JobEnvironment, folder: string, hooks: JobHooks = {}): Promise<JobResult> {
  const runner = createJobRunner(environment.context, hooks);
  const ended = new Promise<JobResult>((resolve) => runner.onEnded((_, result) => resolve(result)));
  await runner.resume({ folder, paths: {} });
  return ended;
}

/** Cancels a running job as another process would. */
export async function cancelJob(folder: string): Promise<void> {
  const stream = connect({ path: join(folder, 'control.sock') });
  const peer = createPeer<ServiceProtocol>({ stream, table: serviceMessages, side: 'plugin', name: 'job', handlers: {} });
  try {
    await peer.request('job/cancel', {});
  } finally {
    peer.close();
  }
}
