import { join } from 'node:path';
import type { JobProgress, JobResult, ServiceParams, ServiceResult } from '../../common/index';
import type { JobRunner, SectorContext } from '../contracts';
import { type PreparedDevices, prepareDevices } from '../plan/prepareDevices';
import { readStoredPlan } from '../plan/storedPlan';
import type { ControlSocket } from './controlSocket';
import { JobFolder } from './jobFolder';
import { type JobHooks, RunningJob } from './runningJob';

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

  async start({ folder: path, digest, paths }: ServiceParams<'job/start'>): Promise<ServiceResult<'job/start'>> {
    const folder = await JobFolder.open(path);
    let devices: PreparedDevices | null = null;
    try {
      const stored = await readStoredPlan(join(path, 'plan.json'), join(path, 'blobs'), digest);
      devices = await prepareDevices(this.context, stored.plan, paths, { id: folder.id, folder: path });
      const onProgress = (progress: JobProgress): void =>
        this.progressListeners.forEach((listener) => listener(folder.id, progress));
      const job = new RunningJob({ context: this.context, folder, stored, devices, hooks: this.hooks, onProgress });
      void this.run(job, await job.begin());
      return { jobId: folder.id };
    } catch (error) {
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
