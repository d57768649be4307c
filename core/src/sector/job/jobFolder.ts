import { InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobOptions, JobResult, JobState } from '../../common/index';
import { canonicalJson } from '../../common/plan/index';
import { FolderLock } from '../folderLock';
import { type AppendFile, FolderFiles, type JobFiles } from './jobFiles';
import { JobHistory } from './jobHistory';
import { Journal } from './journal';

/** What `state.json` says: all that is known of a job by those who do not run it. */
export interface StoredJobState {
  title: string;
  /** Of jobs that were started together. */
  group?: JobOptions['group'];
  state: JobState;
  /** Null while it runs. */
  result: JobResult | null;
}

/** Holds the id of the job that undoes this one. */
const UNDONE_BY = 'undone-by';

/** Begins a job, goes on with one that has ended before its end or was interrupted, or takes back what one has done. */
export type JobOpening = 'begin' | 'resume' | 'undo';

/**
 * The folder of a job that this process runs: `plan.json` and `blobs/` by whoever asked for it; `lock`, `journal`, `hashes`,
 * `state.json`, `log`, `preimages` and `control.sock` by the service. Locked from {@link open} to {@link close}, and by the kernel
 * let go of when the process dies.
 */
export class JobFolder {
  private constructor(
    readonly path: string,
    readonly files: JobFiles,
    readonly journal: Journal,
    /** The hashes of what was copied; where whose stand says the journal. */
    readonly hashes: AppendFile,
    readonly history: JobHistory,
    private readonly lock: FolderLock,
    private readonly logFile: FileHandle,
  ) {}

  /**
   * @param undoneBy the job that undoes this one
   * @param openFiles for tests: where the files are kept
   * @throws RefusedError when the job is running, or is not to be resumed; InvalidInputError when it ran already, or when this is no
   * folder
   */
  static async open(
    path: string,
    opening: JobOpening,
    undoneBy: string | null = null,
    openFiles: (path: string) => Promise<JobFiles> = (folder) => FolderFiles.open(folder),
  ): Promise<JobFolder> {
    const files = await openFiles(path).catch((error: NodeJS.ErrnoException) => {
      throw new InvalidInputError(`the job's folder ${path} cannot be opened: ${error.message}`);
    });
    const owned: { close(): Promise<void> }[] = [files];
    try {
      const lock = await FolderLock.acquire(path, false);
      if (!lock) throw new RefusedError(`the job ${basename(path)} is running already`);
      owned.push({ close: () => lock.release() });
      await requireFree(basename(path), opening, files, undoneBy);
      const journal = await Journal.open(files);
      owned.push(journal);
      const history = new JobHistory(journal.past);
      if (opening === 'begin' && history.plan) throw new InvalidInputError(`the job ${basename(path)} has run already`);
      const hashes = await files.openAppend('hashes');
      owned.push(hashes);
      const log = await open(join(path, 'log'), 'a', 0o600);
      return new JobFolder(path, files, journal, hashes, history, lock, log);
    } catch (error) {
      for (const resource of owned.reverse()) await resource.close();
      throw error;
    }
  }

  /** The job's name: that of its folder. */
  get id(): string {
    return basename(this.path);
  }

  /** Replaces `state.json`. On the medium when it resolves. @throws FailedError when there is no room */
  async writeState(state: StoredJobState): Promise<void> {
    await this.files.replace('state.json', canonicalJson(state));
  }

  /** Says that another job has begun to undo this one, or with null that it has written nothing. On the medium when it resolves. */
  async markUndoneBy(jobId: string | null): Promise<void> {
    await this.files.replace(UNDONE_BY, Buffer.from(jobId ?? ''));
  }

  /** A line for people, with the time. What cannot be logged must not end a job. */
  async log(line: string): Promise<void> {
    await this.logFile.appendFile(`${new Date().toISOString()} ${line}\n`).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.journal.close();
    await this.hashes.close();
    await this.logFile.close();
    await this.files.close();
    await this.lock.release();
  }
}

async function requireFree(id: string, opening: JobOpening, files: JobFiles, undoneBy: string | null): Promise<void> {
  const stored = await files.read('state.json');
  const state = stored && (JSON.parse(stored.toString('utf8')) as StoredJobState).state;
  if (opening === 'begin') {
    if (state) throw new InvalidInputError(`the job ${id} has run already`);
    return;
  }
  const undoer = (await files.read(UNDONE_BY))?.toString('utf8') ?? '';
  // The one that undoes it may have been interrupted after all was done.
  if (undoer !== '' && undoer === undoneBy) return;
  if (state === 'undone') throw new RefusedError(`the job ${id} was undone already`);
  // One that is half undone is neither gone on with nor undone by another job.
  if (undoer !== '')
    throw new RefusedError(`the job ${id} is being undone by the job ${undoer}`, {
      todo: `Go on with that one: diskwright jobs resume ${undoer}`,
    });
  if (state === 'done' && opening === 'resume')
    throw new RefusedError(`the job ${id} is done: there is nothing to go on with`, {
      todo: 'Apply its plan again to do it once more.',
    });
}
