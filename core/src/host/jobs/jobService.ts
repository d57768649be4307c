import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, PeerGoneError, RefusedError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import type { JobOptions, JobProgress, JobResult, JobState, LostFiles, ServiceParams } from '../../common';
import { loadPlan, storePlan } from '../plans/planStore';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';
import { JobConnection } from './jobConnection';
import { devicePaths } from './devicePaths';
import { askJob, cancelJob, isRunning, requireAsItIs } from './jobControl';
import { createJobFolders, creationTime, findJobFolder, listJobIds, type NamedFolder, readJobFile, readLog } from './jobFolder';
import { jobMap, type JobMap } from './jobMap';
import { jobOptionsOf, type JobSettings } from './jobSettings';

/** A job as `jobs list` shows it. */
export interface JobSummary {
  id: string;
  state: JobState;
  title: string;
  /** ISO 8601. */
  startedAt: string;
  /** Null while it runs, and of a job that was interrupted. */
  result: JobResult | null;
  /** Of jobs that were started together: what they are together, and which of how many this one is. */
  group?: JobOptions['group'];
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
  group?: JobOptions['group'];
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

/** A plan, and where its devices are to be found, by their names in the plan. */
export interface PlacedPlan {
  plan: Plan;
  paths: Record<string, string>;
}

/** How to apply several plans together. */
export interface ApplyTogetherOptions extends JobSettings {
  /** Aborting it cancels all of the jobs. */
  signal?: AbortSignal;
  /** @param index of the plan */
  onStart?(index: number, jobId: string): void;
  onProgress?(index: number, progress: JobProgress): void;
  /** One has ended; others may go on. */
  onEnd?(index: number, result: JobResult): void;
}

/** How to apply a plan. */
export interface ApplyOptions extends JobSettings {
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
    const { onProgress, signal, onStart, ...settings } = options;
    return untilEnd(await this.start(plan, paths, settings, onProgress), { signal, onStart });
  }

  /** As {@link apply}, but answers when the job runs. It goes on whatever becomes of the caller. */
  async start(
    plan: Plan,
    paths: Record<string, string>,
    settings: JobSettings = {},
    onProgress?: (progress: JobProgress) => void,
  ): Promise<StartedJob> {
    const [{ jobId, folder }] = (await createJobFolders(this.dataFolder, 1)) as [NamedFolder];
    const begin = async (): Promise<unknown> => {
      const job = await this.prepare(folder, { plan, paths }, settings);
      return this.sector.request('job/start', job);
    };
    return this.follow(jobId, folder, () => this.beginIn([folder], begin), onProgress);
  }

  /**
   * As {@link start} for several plans, which read what their sources have in common once: all jobs run then, or none is started.
   * @param title what they are together
   */
  async startTogether(
    title: string,
    plans: readonly PlacedPlan[],
    settings: JobSettings = {},
    onProgress?: (index: number, progress: JobProgress) => void,
  ): Promise<StartedJob[]> {
    const folders = await createJobFolders(this.dataFolder, plans.length);
    const begin = async (): Promise<unknown> => {
      const jobs = [];
      for (const [index, plan] of plans.entries()) {
        const group = { id: folders[0]!.jobId, title, number: index + 1, count: plans.length };
        jobs.push(await this.prepare(folders[index]!.folder, plan, settings, group));
      }
      return this.sector.request('job/startTogether', { jobs });
    };
    const paths = folders.map(({ folder }) => folder);
    const begun = this.beginIn(paths, begin);
    return Promise.all(
      folders.map(({ jobId, folder }, index) =>
        this.follow(
          jobId,
          folder,
          () => begun,
          (progress) => onProgress?.(index, progress),
        ),
      ),
    );
  }

  /** As {@link startTogether}, and waits for the ends of all. */
  async applyTogether(title: string, plans: readonly PlacedPlan[], options: ApplyTogetherOptions): Promise<JobResult[]> {
    const { onProgress, onStart, onEnd, signal, ...settings } = options;
    const jobs = await this.startTogether(title, plans, settings, onProgress);
    const endOf = async (job: StartedJob, index: number): Promise<JobResult> => {
      const result = await untilEnd(job, { signal, onStart: (jobId) => onStart?.(index, jobId) });
      onEnd?.(index, result);
      return result;
    };
    return Promise.all(jobs.map(endOf));
  }

  /**
   * Goes on with a job that is paused, was interrupted, has failed or was cancelled, and waits for its end.
   * @param paths where the plan's devices are to be found now, by their names in the plan; those that are left out are looked for by serial number, else where they were
   * @throws RefusedError when a device is not as the job has left it, or there is nothing to go on with
   */
  async resume(name: string, paths: Record<string, string>, options: ApplyOptions): Promise<JobResult> {
    const { onError, retries, onProgress } = options;
    const changed = onError === undefined ? {} : { onError, ...(retries !== undefined && { retries }) };
    return untilEnd(await this.startAgain(name, paths, changed, onProgress), options);
  }

  /** As {@link resume}, but answers when the job runs. @param options in place of those that the job had, unless it runs */
  async startAgain(
    name: string,
    paths: Record<string, string>,
    options: JobOptions = {},
    onProgress?: (progress: JobProgress) => void,
  ): Promise<StartedJob> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    const connection = await JobConnection.to(folder, onProgress);
    if (!connection) {
      const known = await this.pathsIn(folder, paths);
      const begin = async (): Promise<unknown> => this.sector.request('job/resume', { folder, paths: known, options });
      return this.follow(jobId, folder, begin, onProgress);
    }
    requireAsItIs(connection, jobId, [paths, options]);
    await connection.attach();
    await connection.continue();
    const ended = connection.closed.then(() => this.resultOf(jobId, folder));
    ended.catch(() => undefined);
    return { jobId, folder, ended };
  }

  /**
   * Makes the plan that takes back what a job has done; when it was applied, the job's state is `undone`.
   * @param paths as of {@link resume}
   * @throws RefusedError when not all was saved that was overwritten, or somebody has written there since
   */
  async undoPlan(name: string, paths: Record<string, string>, signal?: AbortSignal): Promise<Plan> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    if (await isRunning(folder))
      throw new RefusedError(`job ${jobId} is running`, { todo: `End it first: diskwright jobs cancel ${jobId}` });
    const known = await this.pathsIn(folder, paths);
    return (await this.sector.request('job/undoPlan', { folder, paths: known }, signal)).plan;
  }

  private pathsIn(folder: string, given: Record<string, string>): Promise<Record<string, string>> {
    const listed = async () => (await this.sector.request('device/list', {})).devices;
    return devicePaths(folder, given, this.dataFolder, listed);
  }

  private async follow(
    jobId: string,
    folder: string,
    begin: () => Promise<unknown>,
    onProgress?: (progress: JobProgress) => void,
  ): Promise<StartedJob> {
    const told = new Promise<JobResult>((resolve) =>
      this.watchers.set(jobId, { progress: (value) => onProgress?.(value), ended: resolve }),
    );
    try {
      await begin();
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
    const running = await this.running();
    return running.filter(({ plan }) => plan.devices.some((device) => device.path === path)).map(({ id }) => id);
  }

  /** Running jobs whose plans were made by one of these commands. */
  async runningOf(commands: readonly string[]): Promise<string[]> {
    return (await this.running()).filter(({ plan }) => commands.includes(plan.command.id)).map(({ id }) => id);
  }

  /** Running jobs that read what image files hold, with the names of those. */
  async runningOnImages(): Promise<{ id: string; paths: string[] }[]> {
    const running = await this.running();
    const images = running.map(({ id, plan }) => ({
      id,
      paths: plan.devices.filter(({ identity }) => identity.kind === 'image').map(({ path }) => path),
    }));
    return images.filter(({ paths }) => paths.length > 0);
  }

  private async running(): Promise<{ id: string; plan: Plan }[]> {
    const jobs: { id: string; plan: Plan }[] = [];
    for (const id of await listJobIds(this.dataFolder)) {
      const folder = join(this.dataFolder, 'jobs', id);
      // Of the jobs that were ever run, only those that run have somebody who listens.
      if (!(await isRunning(folder))) continue;
      const stored = await loadPlan(join(folder, 'plan.json')).catch(() => null);
      if (stored) jobs.push({ id, plan: stored.plan });
    }
    return jobs;
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

  /** What a job knows of a source, as {@link jobMap}. */
  async map(name: string, device?: string): Promise<JobMap> {
    const { folder } = await findJobFolder(this.dataFolder, name);
    return jobMap(folder, (await loadPlan(join(folder, 'plan.json'))).plan, device);
  }

  /** A job by its whole id, as {@link list} shows it. */
  summary(id: string): Promise<JobSummary> {
    return this.summaryIn(id, join(this.dataFolder, 'jobs', id));
  }

  /** Cancels a running job, whoever started it, and waits for its end. @throws FailedError when it does not run */
  async cancel(name: string, signal: AbortSignal): Promise<JobSummary> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    if (!(await isRunning(folder))) throw await this.notRunning(jobId, folder);
    await cancelJob(folder, signal);
    return this.summaryIn(jobId, folder);
  }

  /** Asks a running job to end and does not wait for it: a device that hangs may keep it from ending for long. One that has ended is left alone. */
  async askToCancel(id: string): Promise<void> {
    const { folder } = await findJobFolder(this.dataFolder, id);
    await askJob(folder, 'cancel');
  }

  /** Lets a running job do nothing, holding its devices, until it is continued. @throws FailedError when it does not run */
  async pause(name: string): Promise<JobSummary> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    if (!(await askJob(folder, 'pause'))) throw await this.notRunning(jobId, folder);
    return this.summaryIn(jobId, folder);
  }

  /** Puts a job's plan and options into its folder. */
  private async prepare(
    folder: string,
    { plan, paths }: PlacedPlan,
    settings: JobSettings,
    group?: JobOptions['group'],
  ): Promise<ServiceParams<'job/start'>> {
    const options = { ...(await jobOptionsOf(settings, plan, folder)), ...(group && { group }) };
    const { digest } = await storePlan(plan, join(folder, 'plan.json'), join(folder, 'blobs'), this.sector);
    return { folder, digest, paths, options };
  }

  private async beginIn(folders: readonly string[], begin: () => Promise<unknown>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      // A job that was refused before it began has nothing to tell; one that began keeps its record.
      for (const folder of folders)
        if ((await readJobFile(folder, 'state.json')) === null) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The connection is gone: the job goes on if its service lives, else its record is all there is. */
  private async resultWithoutService(jobId: string, folder: string): Promise<JobResult> {
    const connection = await JobConnection.to(folder, (progress) => this.watchers.get(jobId)?.progress(progress));
    await connection?.attach().catch(() => undefined);
    await connection?.closed;
    return this.resultOf(jobId, folder);
  }

  /** The result of a job that does not run any more. */
  private async resultOf(jobId: string, folder: string): Promise<JobResult> {
    const { result } = await this.summaryIn(jobId, folder);
    if (result) return result;
    throw new PeerGoneError(`the sector service ended before job ${jobId} did: the job is interrupted`, {
      todo: `Go on with it: diskwright jobs resume ${jobId}. Do not use its target before. The reason may stand in ${join(this.dataFolder, 'logs', 'sector.log')}.`,
    });
  }

  private async notRunning(jobId: string, folder: string): Promise<FailedError> {
    return new FailedError(`job ${jobId} is not running: it is ${(await this.summaryIn(jobId, folder)).state}`);
  }

  private async summaryIn(id: string, folder: string): Promise<JobSummary> {
    const stored = await readJobFile<StoredJobState>(folder, 'state.json');
    const startedAt = stored?.result?.startedAt ?? creationTime(id);
    if (!stored) return { id, state: 'interrupted', title: 'not started', startedAt, result: null };
    // "running" is what the service wrote when it began; whether it still does, only its socket can tell.
    const state = stored.state === 'running' && !(await isRunning(folder)) ? 'interrupted' : stored.state;
    const { title, group } = stored;
    return { id, state, title, startedAt, result: await withLostFiles(folder, stored.result), ...(group && { group }) };
  }
}

/** Waits for the end of a job, and cancels it when the caller's signal says so. */
async function untilEnd(
  { jobId, folder, ended }: StartedJob,
  { signal, onStart }: Pick<ApplyOptions, 'signal' | 'onStart'>,
): Promise<JobResult> {
  const cancel = (): void => void cancelJob(folder).catch(() => undefined);
  onStart?.(jobId);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  return ended.finally(() => signal?.removeEventListener('abort', cancel));
}

async function withLostFiles(folder: string, result: JobResult | null): Promise<JobResult | null> {
  const lostFiles = result && result.holeCount > 0 ? await readJobFile<LostFiles>(folder, 'lostFiles.json') : null;
  return result && (lostFiles ? { ...result, lostFiles } : result);
}
