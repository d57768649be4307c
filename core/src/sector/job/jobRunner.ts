import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { JobOptions, JobProgress, JobResult, ServiceParams, ServiceResult } from '../../common/index';
import type { JobRunner, SectorContext } from '../contracts';
import { sha256, undoneJobOf } from '../../common/plan/index';
import { type PreparedDevices, prepareDevices } from '../plan/prepareDevices';
import { readStoredPlan } from '../plan/storedPlan';
import type { ControlSocket } from './controlSocket';
import { JobFolder, type JobOpening } from './jobFolder';
import type { JobFiles } from './jobFiles';
import { keepOptions, readOptions } from './jobOptions';
import { mediaPolicyOf } from './mediaPolicy';
import { resumeCheck } from './resumeCheck';
import { type JobHooks, RunningJob } from './runningJob';
import { UndoneJob } from './undo/undoneJob';

/** Runs jobs in this process; see {@link JobRunner}. */
export function createJobRunner(context: SectorContext, hooks: JobHooks = {}): JobRunner {
  return new Runner(context, hooks);
}

class Runner implements JobRunner {
  private readonly running = new Set<RunningJob>();
  private readonly progressListeners: ((jobId: string, progress: JobProgress) => void)[] = [];
  private readonly endListeners: ((jobId: string, result: JobResult) => void)[] = [];

  constructor(
    private readonly context: SectorContext,
    private readonly hooks: JobHooks,
  ) {}

  get active(): number {
    return this.running.size;
  }

  start({ folder, digest, paths, options }: ServiceParams<'job/start'>): Promise<ServiceResult<'job/start'>> {
    return this.open(folder, 'begin', async () => digest, paths, options);
  }

  /** What was approved when the job began is what the journal says; a job that never began has its plan, and nothing was written. */
  resume({ folder, paths, options }: ServiceParams<'job/resume'>): Promise<ServiceResult<'job/resume'>> {
    return this.open(folder, 'resume', async ({ history, files }) => history.plan ?? sha256(await planOf(files)), paths, options);
  }

  private async open(
    path: string,
    opening: JobOpening,
    digestOf: (folder: JobFolder) => Promise<string>,
    paths: Record<string, string>,
    given: JobOptions | undefined,
  ): Promise<{ jobId: string }> {
    const folder = await JobFolder.open(path, opening, null, this.hooks.openFiles);
    let devices: PreparedDevices | null = null;
    let undone: UndoneJob | null = null;
    try {
      const stored = await readStoredPlan(join(path, 'plan.json'), join(path, 'blobs'), await digestOf(folder));
      const options = { ...(await readOptions(folder.files)), ...given };
      const media = await mediaPolicyOf(folder.files, stored.plan, options);
      if (given) await keepOptions(folder.files, options);
      const job = { id: folder.id, folder: path };
      devices = await prepareDevices(this.context, stored.plan, paths, job, resumeCheck(this.context, folder, stored));
      const onProgress = (progress: JobProgress): void =>
        this.progressListeners.forEach((listener) => listener(folder.id, progress));
      const undoes = undoneJobOf(stored.plan);
      if (undoes !== null) undone = await UndoneJob.claim(undoes, folder);
      const { undoBudget = 0, delta = false } = options;
      const { hooks } = this;
      const beforeEnd = async (result: JobResult): Promise<void> => undone?.end(result);
      const running = new RunningJob({ folder, stored, devices, media, undoBudget, delta, hooks, beforeEnd, onProgress });
      void this.run(running, await running.begin());
      return { jobId: folder.id };
    } catch (error) {
      await undone?.end(null);
      await devices?.close();
      await folder.close();
      throw error;
    }
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

async function planOf(files: JobFiles): Promise<Buffer> {
  const plan = await files.read('plan.json');
  if (!plan) throw new InvalidInputError('the job has no plan: it was never begun', { todo: 'Apply the plan anew.' });
  return plan;
}
