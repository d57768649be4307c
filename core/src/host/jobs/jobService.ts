import { Socket } from 'node:net';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, PeerGoneError } from '@diskwright/sdk/errors';
import type { Plan } from '@diskwright/sdk/protocol';
import { createPeer } from '@diskwright/sdk/rpc';
import { serviceMessages, type JobProgress, type JobResult, type JobState, type ServiceProtocol } from '../../common';
import { sideFilesOf, storePlan } from '../plans/planStore';
import type { SectorClient, SectorEvents } from '../sector/sectorClient';
import { createJobFolder, findJobFolder, listJobIds, readJobFile } from './jobFolder';

/** A job as `jobs list` shows it. */
export interface JobSummary {
  id: string;
  state: JobState;
  title: string;
  result: JobResult | null;
}

/** What a job's `state.json` holds; written by the sector service. */
interface StoredJobState {
  title: string;
  state: JobState;
  result: JobResult | null;
}

/** Jobs: started in a sector service, watched while they run, and read from their folders afterwards. */
export class JobService {
  private readonly waiting = new Map<string, { progress(value: JobProgress): void; ended(result: JobResult): void }>();

  constructor(
    private readonly sector: SectorClient,
    private readonly dataFolder: string,
    events: SectorEvents,
  ) {
    events.onProgress = (jobId, progress) => this.waiting.get(jobId)?.progress(progress);
    events.onEnded = (jobId, result) => this.waiting.get(jobId)?.ended(result);
  }

  /**
   * Applies a plan as a job and waits for its end. Aborting `signal` cancels the job; the answer then says so.
   * @param paths where the plan's devices are to be found, by their names in the plan
   * @param importFrom folder of the side files when the plan was stored before; absent when the service holds them
   * @throws RefusedError when the job is not even started; its folder is then taken away again
   */
  async apply(
    plan: Plan,
    paths: Record<string, string>,
    options: {
      importFrom?: string;
      signal?: AbortSignal;
      onStart?(jobId: string): void;
      onProgress?(progress: JobProgress): void;
    },
  ): Promise<JobResult> {
    const { jobId, folder } = createJobFolder(this.dataFolder);
    const ended = new Promise<JobResult>((resolve) =>
      this.waiting.set(jobId, { progress: (value) => options.onProgress?.(value), ended: resolve }),
    );
    try {
      if (options.importFrom !== undefined) await this.importSideFiles(plan, options.importFrom);
      const stored = await storePlan(plan, join(folder, 'plan.json'), join(folder, 'blobs'), this.sector);
      await this.sector.request('job/start', { folder, digest: stored.digest, paths });
    } catch (error) {
      this.waiting.delete(jobId);
      // A job that was refused before it began has nothing to tell; one that began keeps its record.
      if ((await readJobFile(folder, 'state.json')) === null) await rm(folder, { recursive: true, force: true });
      throw error;
    }
    options.onStart?.(jobId);
    const cancel = (): void => void this.cancelIn(folder).catch(() => undefined);
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
    try {
      return await ended;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.waiting.delete(jobId);
    }
  }

  /** All jobs, oldest first. */
  async list(): Promise<JobSummary[]> {
    const summaries: JobSummary[] = [];
    for (const id of await listJobIds(this.dataFolder)) summaries.push(await this.summary(id, join(this.dataFolder, 'jobs', id)));
    return summaries;
  }

  /** A job with its log; `name` is its id or the end of it. */
  async show(name: string): Promise<JobSummary & { folder: string; log: string }> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    const summary = await this.summary(jobId, folder);
    const file = await open(join(folder, 'log'), 'r').catch(() => null);
    const log = (await file?.readFile('utf8').finally(() => file.close())) ?? '';
    return { ...summary, folder, log };
  }

  /** Cancels a running job, whoever started it. @throws FailedError when it does not run */
  async cancel(name: string): Promise<string> {
    const { jobId, folder } = await findJobFolder(this.dataFolder, name);
    const { state } = await this.summary(jobId, folder);
    if (state !== 'running') throw new FailedError(`job ${jobId} is not running: it is ${state}`);
    await this.cancelIn(folder);
    return jobId;
  }

  private async importSideFiles(plan: Plan, folder: string): Promise<void> {
    const blobs = sideFilesOf(plan);
    if (blobs.length > 0) await this.sector.request('blob/import', { blobs, folder });
  }

  private async summary(id: string, folder: string): Promise<JobSummary> {
    const stored = await readJobFile<StoredJobState>(folder, 'state.json');
    if (!stored) return { id, state: 'interrupted', title: 'not started', result: null };
    // "running" is what the service wrote when it began; whether it still does, only its socket can tell.
    const state = stored.state === 'running' && !(await isListening(folder)) ? 'interrupted' : stored.state;
    return { id, state, title: stored.title, result: stored.result ?? null };
  }

  private async cancelIn(folder: string): Promise<void> {
    const stream = await connectToJob(folder);
    if (!stream) throw new PeerGoneError('the job does not answer any more');
    const peer = createPeer<ServiceProtocol>({ stream, table: serviceMessages, side: 'plugin', name: 'job', handlers: {} });
    try {
      await peer.request('job/cancel', {});
    } finally {
      peer.close();
    }
  }
}

async function isListening(folder: string): Promise<boolean> {
  const stream = await connectToJob(folder);
  stream?.destroy();
  return stream !== null;
}

/** Connects to a job's control socket; null when nobody listens. The path goes through /proc, since socket paths end at 108 bytes. */
async function connectToJob(folder: string): Promise<Socket | null> {
  const directory = await open(folder, 'r');
  try {
    return await new Promise((resolve) => {
      const socket = new Socket();
      socket.once('error', () => resolve(null));
      socket.connect({ path: `/proc/self/fd/${directory.fd}/control.sock` }, () => resolve(socket));
    });
  } finally {
    await directory.close();
  }
}
