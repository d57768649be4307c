import { join } from 'node:path';
import type { JobProgress } from '../../common';
import { undoneJobOf } from '../../common/plan';
import { FolderWatch } from '../folderWatch';
import { type Disposable, Listeners } from '../listeners';
import { ensureFolder } from '../paths';
import { loadPlan } from '../plans/planStore';
import { JobConnection } from './jobConnection';
import { creationTime, listJobIds } from './jobFolder';
import type { JobService, JobSummary } from './jobService';

/** A job with how far it is, when it runs. */
export interface WatchedJob extends JobSummary {
  progress: JobProgress | null;
}

interface Entry {
  job: WatchedJob;
  /** It has ended, however: nothing more will happen. */
  settled: boolean;
  /** To a job that runs; its end is heard there. */
  connection: JobConnection | null;
  /** Until there is a connection, on the job's folder. */
  watch: FolderWatch | null;
  lastTold: number;
}

/** Jobs sample ten times a second; people read more slowly. */
const MILLISECONDS_BETWEEN_PROGRESS = 200;
/** A folder in which nothing began for so long is that of a job whose starter died. */
const STARTING_MILLISECONDS = 10 * 60 * 1000;
const LATER_LOOK_MILLISECONDS = 2000;

/**
 * Follows the jobs of the data folder, whoever started them: the folders say which there are and how they ended, and each running job has a socket in
 * its folder that tells how far it is.
 */
export class JobWatcher {
  private readonly changed = new Listeners<WatchedJob>();
  private readonly progressed = new Listeners<{ id: string; progress: JobProgress }>();
  private readonly ended = new Listeners<string>();
  private readonly entries = new Map<string, Entry>();
  /** Ids of jobs that others have undone: they are marked a moment after the others have ended. */
  private readonly awaitedUndone = new Set<string>();
  private watch: FolderWatch | null = null;
  /** Looks go one after the other, or a job would be attached to twice. */
  private turn: Promise<void> = Promise.resolve();
  /** The first look is over: what is new from now on has just begun. */
  private knowsAll = false;
  private disposed = false;

  constructor(
    private readonly jobs: Pick<JobService, 'summary'>,
    private readonly dataFolder: string,
  ) {}

  /** A job began, ended or changed its state. */
  onChanged(listener: (job: WatchedJob) => void): Disposable {
    return this.changed.add(listener);
  }

  /** At most five times a second for each job, and when it is paused or continued. */
  onProgress(listener: (event: { id: string; progress: JobProgress }) => void): Disposable {
    return this.progressed.add(listener);
  }

  /** A job that was seen running has ended; its id. */
  onEnded(listener: (id: string) => void): Disposable {
    return this.ended.add(listener);
  }

  /** All jobs, newest first, as they are now. The first call begins to follow them. */
  async list(): Promise<WatchedJob[]> {
    await this.look();
    return [...this.entries.values()].map(({ job }) => job).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** Begins to follow, and resolves when what is there now is known. */
  async start(): Promise<void> {
    this.watch ??= new FolderWatch(ensureFolder(this.dataFolder, 'jobs'), () => void this.look(), LATER_LOOK_MILLISECONDS);
    await this.look();
  }

  dispose(): void {
    this.disposed = true;
    this.watch?.dispose();
    for (const id of [...this.entries.keys()]) this.forget(id);
  }

  /** Looks at what is new and at what has not ended. */
  private look(): Promise<void> {
    this.turn = this.turn.then(() => this.lookNow()).catch(() => undefined);
    return this.turn;
  }

  private async lookNow(): Promise<void> {
    const ids = await listJobIds(this.dataFolder);
    const present = new Set(ids);
    for (const id of this.entries.keys()) if (!present.has(id)) this.forget(id);
    for (const id of ids) {
      if (this.disposed) return;
      const known = this.entries.get(id);
      if (!known) await this.lookAt(id, null);
      else if (known.settled ? await this.isDifferent(known) : !(known.connection && known.job.state === 'running'))
        await this.lookAt(id, known);
    }
    this.knowsAll = true;
  }

  private async lookAt(id: string, known: Entry | null): Promise<void> {
    const entry = known ?? (await this.newEntry(id));
    const folder = join(this.dataFolder, 'jobs', id);
    if (known ? !entry.settled : mayStillRun(entry.job)) entry.connection ??= await this.connect(id, folder, entry);
    const before = entry.job;
    const summary = await this.jobs.summary(id);
    if (this.disposed) return this.settle(entry);
    this.entries.set(id, entry);
    const isRunning = summary.state === 'running';
    entry.job = { ...summary, progress: isRunning ? entry.job.progress : null };
    if (isRunning && entry.connection) this.endWatch(entry);
    else if (mayStillRun(summary)) entry.watch ??= new FolderWatch(folder, () => void this.look(), LATER_LOOK_MILLISECONDS);
    else this.settle(entry);
    const differs =
      before.state !== summary.state || before.title !== summary.title || before.result?.endedAt !== summary.result?.endedAt;
    // One that came and went between two looks has ended, too.
    const isNews = known ? differs : this.knowsAll;
    if (isNews) this.changed.tell(entry.job);
    if (!entry.settled || !(known || this.knowsAll)) return;
    this.ended.tell(id);
    const stored = await loadPlan(join(folder, 'plan.json')).catch(() => null);
    const undone = stored && undoneJobOf(stored.plan);
    if (undone) this.awaitedUndone.add(undone);
  }

  /** One that has ended may be undone; one that did not come to its end may be gone on with, even to another end between two looks. */
  private async isDifferent(entry: Entry): Promise<boolean> {
    const { id, state, result } = entry.job;
    if (state === 'undone' || (state === 'done' && !this.awaitedUndone.has(id))) return false;
    const now = await this.jobs.summary(id);
    if (now.state === state && now.result?.endedAt === result?.endedAt) return false;
    entry.settled = now.state !== 'running';
    if (now.state === 'undone') this.awaitedUndone.delete(id);
    return true;
  }

  private async newEntry(id: string): Promise<Entry> {
    const job = { ...(await this.jobs.summary(id)), progress: null };
    return { job, settled: false, connection: null, watch: null, lastTold: 0 };
  }

  /** Null while nobody listens in the job's folder. */
  private async connect(id: string, folder: string, entry: Entry): Promise<JobConnection | null> {
    const connection = await JobConnection.to(folder, (progress) => this.progress(id, progress));
    if (!connection) return null;
    try {
      entry.job.progress = await connection.attach();
    } catch {
      connection.close();
      return null;
    }
    void connection.closed.then(() => {
      if (entry.connection === connection) entry.connection = null;
      if (!this.disposed) void this.look();
    });
    return connection;
  }

  private progress(id: string, progress: JobProgress): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    const isTurn = entry.job.progress?.paused !== progress.paused;
    entry.job.progress = progress;
    const now = Date.now();
    if (!isTurn && now - entry.lastTold < MILLISECONDS_BETWEEN_PROGRESS) return;
    entry.lastTold = now;
    this.progressed.tell({ id, progress });
  }

  private forget(id: string): void {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    if (entry) this.settle(entry);
  }

  private settle(entry: Entry): void {
    entry.settled = true;
    this.endWatch(entry);
    entry.connection?.close();
    entry.connection = null;
  }

  private endWatch(entry: Entry): void {
    entry.watch?.dispose();
    entry.watch = null;
  }
}

/** It runs, or it is one that is about to: its folder is there before its state. */
function mayStillRun({ id, state, title }: JobSummary): boolean {
  if (state === 'running') return true;
  return state === 'interrupted' && title === 'not started' && Date.now() - Date.parse(creationTime(id)) < STARTING_MILLISECONDS;
}
