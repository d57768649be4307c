import type { SharedReader } from '@diskwright/native';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { JobProgress, JobResult, ServiceParams, ServiceResult } from '../../common/index';
import type { AuditLog } from '../audit/auditLog';
import type { JobRunner, SectorContext } from '../contracts';
import { sha256, undoneJobOf } from '../../common/plan/index';
import { prepareDevices } from '../plan/prepareDevices';
import type { ControlSocket } from './controlSocket';
import { requireDistinctTargets } from './distinctTargets';
import type { JobFolder } from './jobFolder';
import type { JobFiles } from './jobFiles';
import { type AskedJob, type OpenedJob, openJob } from './openJob';
import { resumeCheck } from './resumeCheck';
import { type JobHooks, RunningJob } from './runningJob';
import { shareSources } from './sharedSource';
import { UndoneJob } from './undo/undoneJob';

/** Runs jobs in this process; see {@link JobRunner}. @param audit where what they read and write is put on record */
export function createJobRunner(context: SectorContext, hooks: JobHooks = {}, audit: AuditLog | null = null): JobRunner {
  return new Runner(context, hooks, audit);
}

class Runner implements JobRunner {
  private readonly running = new Set<RunningJob>();
  private readonly progressListeners: ((jobId: string, progress: JobProgress) => void)[] = [];
  private readonly endListeners: ((jobId: string, result: JobResult) => void)[] = [];

  constructor(
    private readonly context: SectorContext,
    private readonly hooks: JobHooks,
    private readonly audit: AuditLog | null,
  ) {}

  get active(): number {
    return this.running.size;
  }

  start({ folder, digest, paths, options }: ServiceParams<'job/start'>): Promise<ServiceResult<'job/start'>> {
    return this.open({ folder, opening: 'begin', digestOf: async () => digest, paths, options });
  }

  async startTogether({ jobs }: ServiceParams<'job/startTogether'>): Promise<ServiceResult<'job/startTogether'>> {
    const opened: OpenedJob[] = [];
    const started: StartableJob[] = [];
    try {
      for (const job of jobs)
        opened.push(await openJob(this.hooks, { ...job, opening: 'begin', digestOf: async () => job.digest }));
      await requireDistinctTargets(this.context, opened);
      const readers = shareSources(opened.map(({ stored: { plan }, paths }) => ({ plan, paths })));
      for (const [index, job] of opened.entries()) started.push(await this.prepare(job, readers[index]!));
      // All that can be refused was looked at: from now on each is for itself.
      for (const job of started) await this.begin(job);
      return { jobIds: started.map(({ running }) => running.jobId) };
    } catch (error) {
      for (const { running } of started) running.cancel();
      for (const job of started) if (!this.running.has(job.running)) await job.close();
      for (const { folder } of opened.slice(started.length)) await folder.close();
      throw error;
    }
  }

  /** What was approved when the job began is what the journal says; a job that never began has its plan, and nothing was written. */
  resume({ folder, paths, options }: ServiceParams<'job/resume'>): Promise<ServiceResult<'job/resume'>> {
    const digestOf = async ({ history, files }: JobFolder): Promise<string> => history.plan ?? sha256(await planOf(files));
    return this.open({ folder, opening: 'resume', digestOf, paths, options });
  }

  private async open(asked: AskedJob): Promise<{ jobId: string }> {
    const opened = await openJob(this.hooks, asked);
    const job = await this.prepare(opened, null).catch(async (error: unknown) => {
      await opened.folder.close();
      throw error;
    });
    await this.begin(job).catch(async (error: unknown) => {
      await job.close();
      throw error;
    });
    return { jobId: job.running.jobId };
  }

  /** Takes the devices of a job; its folder stays the caller's when this fails. */
  private async prepare(opened: OpenedJob, sharedReader: SharedReader | null): Promise<StartableJob> {
    const { folder, stored, options, media, paths } = opened;
    const { context, hooks } = this;
    let undone: UndoneJob | null = null;
    const job = { id: folder.id, folder: folder.path };
    const devices = await prepareDevices(context, stored.plan, paths, job, resumeCheck(context, folder, stored));
    try {
      const undoes = undoneJobOf(stored.plan);
      if (undoes !== null) undone = await UndoneJob.claim(undoes, folder);
    } catch (error) {
      await devices.close();
      throw error;
    }
    const { undoBudget = 0, delta = false, reflink = false, digests = true, group } = options;
    const running = new RunningJob({
      folder,
      stored,
      devices,
      media,
      undoBudget,
      delta,
      reflink,
      digests,
      sharedReader,
      group,
      hooks,
      audit: this.audit,
      beforeEnd: async (result) => undone?.end(result),
      onProgress: (progress) => this.progressListeners.forEach((listener) => listener(folder.id, progress)),
    });
    const close = async (): Promise<void> => {
      sharedReader?.leave();
      await undone?.end(null);
      await devices.close();
      await folder.close();
    };
    return { running, close };
  }

  private async begin({ running }: StartableJob): Promise<void> {
    const socket = await running.begin();
    void this.run(running, socket);
  }

  onProgress(listener: (jobId: string, progress: JobProgress) => void): void {
    this.progressListeners.push(listener);
  }

  onEnded(listener: (jobId: string, result: JobResult) => void): void {
    this.endListeners.push(listener);
  }

  private async run(job: RunningJob, socket: ControlSocket): Promise<void> {
    this.running.add(job);
    try {
      const result = await job.run(socket);
      this.endListeners.forEach((listener) => listener(job.jobId, result));
    } finally {
      this.running.delete(job);
    }
  }
}

/** A job with its devices, that nothing stands against any more. */
interface StartableJob {
  running: RunningJob;
  /** For one that is not begun. */
  close(): Promise<void>;
}

async function planOf(files: JobFiles): Promise<Buffer> {
  const plan = await files.read('plan.json');
  if (!plan) throw new InvalidInputError('the job has no plan: it was never begun', { todo: 'Apply the plan anew.' });
  return plan;
}
