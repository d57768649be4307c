import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, PeerGoneError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import type { JobProgress, JobResult, JobState } from '../../common';
import { loadPlan, storePlan } from '../plans/planStore';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';
import { JobConnection } from './jobConnection';
import { createJobFolder, creationTime, findJobFolder, listJobIds, readJobFile, readLog } from './jobFolder';

/** A job as `jobs list` shows it. */
export interface JobSummary {
  id: string;
  state: JobState;
  title: string;
  /** ISO 8601. */
  startedAt: string;
  /** Null while it runs, and of a job that was interrupted. */
  result: JobResult | null;
}

/** All that is known of a job. */
export interface JobDetails extends JobSummary {
  folder: string;
  log: string;
  /** What it was asked; null when that cannot be read. */
  plan: (Pick<Plan, 'devices' | 'command' | 'warnings'> & { digest: string }) | null;
  /** Of a running job. */
  progress: JobProgress | null;
}

/** What a job's `state.json` holds; written by the sector service. */
interface StoredJobState {
  title: string;
  state: JobState;
  result: JobResult | null;
}

interface Watcher {
  progress(value: JobProgress): void;
  ended(result: JobResult): void;
}

/** A job that was started here. */
export interface StartedJob {
  jobId: string;
  folder: string;
  /** Its end. Rejects with PeerGoneError when the sector service dies before; whoever does not wait for it need not care. */
  ended: Promise<JobResult>;
}

/** How to apply a plan. */
export interface ApplyOptions {
  /** Aborting it cancels the job; the answer then says so. */
  signal?: AbortSignal;
  onStart?(jobId: string): void;
  onProgress?(progress: JobProgress): void;
}

/** Jobs: started in a sector service, watched while they run, and read from their folders afterwards. */
export class JobService {
  private readonly watchers = new Map<string, Watcher>();

  constructor(
    private readonly sector: SectorClient,
    private readonly dataFolder: string,
    events: SectorEvents,
  ) {
    events.onProgress = (jobId, progress) => this.watchers.get(jobId)?.progress(progress);
    events.onEnded = (jobId, result) => this.watchers.get(jobId)?.ended(result);
  }

  /**
   * Applies a plan, whose side files the sector service holds, as a job, and waits for its end.
   * @param paths where the plan's devices are to be found, by their names in the plan
   * @throws RefusedError when the job is not even started; its folder is then taken away again
   * @throws PeerGoneError when the sector service dies before the job ends
   */
  async apply(plan: Plan, paths: Record<string, string>, options: ApplyOptions): Promise<JobResult> {
    const { jobId, folder, ended } = await this.start(plan, paths, options.onProgress);
    const cancel = (): void => void this.cancelIn(folder).catch(() => undefined);
    options.onStart?.(jobId);
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
    return ended.finally(() => options.signal?.removeEventListener('abort', cancel));
  }

  /** As {@link apply}, but answers when the job runs. It goes on whatever becomes of the caller. */
  async start(plan: Plan, paths: Record<string, string>, onProgress?: (progress: JobProgress) => void): Promise<StartedJob> {
    const { jobId, folder } = createJobFolder(this.dataFolder);
    const told = new Promise<JobResult>((resolve) =>
      this.watchers.set(jobId, { progress: (value) => onProgress?.(value), ended: resolve }),
    );
    try {
      await this.startIn(folder, plan, paths);
    } catch (error) {
      this.watchers.delete(jobId);
      throw error;
    }
    const lost = this.sector.closed.then(() => this.resultWithoutService(jobId, folder));
    const ended = Promise.race([told, lost]).finally(() => this.watchers.delete(jobId));
    ended.catch(() => undefined);
    return { jobId, folder, ended };
  }

  /** All jobs, oldest first. */
  async list(): Promise<JobSummary[]> {
    const summaries: JobSummary[] = [];
    for (const id of await listJobIds(this.dataFolder)) summaries.push(await this.summary(id));
    return summaries;
  }

  /** Running jobs with a device of this path in their plans. */
  async runningOn(path: string): Promise<string[]> {
    const running = (await this.list()).filter(({ state }) => state === 'running');
    const jobs = await Promise.all(running.map(({ id }) => this.show(id)));
    return jobs.filter(({ plan }) => plan?.devices.some((device) => device.path === path)).map(({ id }) => id);
  }

  /** A job with all that is known of it; `name` is its id or the end of it. */
  async show(name: string): Promise<JobDetails> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    const stored = await loadPlan(join(folder, 'plan.json')).catch(() => null);
    const plan = stored && {
      digest: stored.digest,
      devices: stored.plan.devices,
      command: stored.plan.command,
      warnings: stored.plan.warnings,
    };
    const connection = await JobConnection.to(folder);
    const progress = (await connection?.attach().catch(() => null)) ?? null;
    connection?.close();
    return { ...(await this.summaryIn(jobId, folder)), folder, log: await readLog(folder), plan, progress };
  }

  /** A job by its whole id, as {@link list} shows it. */
  summary(id: string): Promise<JobSummary> {
    return this.summaryIn(id, join(this.dataFolder, 'jobs', id));
  }

  /** Cancels a running job, whoever started it, and waits for its end. @throws FailedError when it does not run */
  async cancel(name: string, signal: AbortSignal): Promise<JobSummary> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    const { state } = await this.summaryIn(jobId, folder);
    if (state !== 'running') throw new FailedError(`job ${jobId} is not running: it is ${state}`);
    await this.cancelIn(folder, signal);
    return this.summaryIn(jobId, folder);
  }

  /** Asks a running job to end and does not wait for it: a device that hangs may keep it from ending for long. One that has ended is left alone. */
  async askToCancel(id: string): Promise<void> {
    const { folder } = await findJobFolder(this.dataFolder, id);
    const connection = await JobConnection.to(folder);
    await connection?.cancel().finally(() => connection.close());
  }

  private async startIn(folder: string, plan: Plan, paths: Record<string, string>): Promise<void> {
    try {
      const stored = await storePlan(plan, join(folder, 'plan.json'), join(folder, 'blobs'), this.sector);
      await this.sector.request('job/start', { folder, digest: stored.digest, paths });
    } catch (error) {
      // A job that was refused before it began has nothing to tell; one that began keeps its record.
      if ((await readJobFile(folder, 'state.json')) === null) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The connection is gone: the job goes on if its service lives, else its record is all there is. */
  private async resultWithoutService(jobId: string, folder: string): Promise<JobResult> {
    const connection = await JobConnection.to(folder, (progress) => this.watchers.get(jobId)?.progress(progress));
    await connection?.attach().catch(() => undefined);
    await connection?.closed;
    const { result } = await this.summaryIn(jobId, folder);
    if (result) return result;
    throw new PeerGoneError(`the sector service ended before job ${jobId} did: the job is interrupted`, {
      todo: `Do not use its target before it is written anew. The reason may stand in ${join(this.dataFolder, 'logs', 'sector.log')}.`,
    });
  }

  private async summaryIn(id: string, folder: string): Promise<JobSummary> {
    const stored = await readJobFile<StoredJobState>(folder, 'state.json');
    const startedAt = stored?.result?.startedAt ?? creationTime(id);
    if (!stored) return { id, state: 'interrupted', title: 'not started', startedAt, result: null };
    // "running" is what the service wrote when it began; whether it still does, only its socket can tell.
    const state = stored.state === 'running' && !(await isRunning(folder)) ? 'interrupted' : stored.state;
    return { id, state, title: stored.title, startedAt, result: stored.result ?? null };
  }

  /** Asks the job to end and waits until it has, or until nobody wants to wait any more. */
  private async cancelIn(folder: string, signal?: AbortSignal): Promise<void> {
    const connection = await JobConnection.to(folder);
    // A job that ended just now is what was asked for.
    if (!connection) return;
    const stop = (): void => connection.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await connection.cancel();
      await connection.closed;
    } finally {
      signal?.removeEventListener('abort', stop);
      connection.close();
    }
  }
}

async function isRunning(folder: string): Promise<boolean> {
  const connection = await JobConnection.to(folder);
  connection?.close();
  return connection !== null;
}
