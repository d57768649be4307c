import { FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobResult, JobState } from '../../common/index';
import { canonicalJson } from '../../common/plan/index';
import { FolderLock } from '../folderLock';
import { Journal } from './journal';

/** What `state.json` says: all that is known of a job by those who do not run it. */
export interface StoredJobState {
  title: string;
  state: JobState;
  /** Null while it runs. */
  result: JobResult | null;
}

/**
 * The folder of a job that this process runs: `plan.json` and `blobs/` by whoever asked for it; `lock`, `journal`, `state.json`,
 * `log`, `preimages` and `control.sock` by the service. Locked from {@link open} to {@link close}, and by the kernel let go of
 * when the process dies.
 */
export class JobFolder {
  private constructor(
    readonly path: string,
    private readonly directory: FileHandle,
    readonly journal: Journal,
    private readonly lock: FolderLock,
    private readonly logFile: FileHandle,
  ) {}

  /** @throws RefusedError when the job is running; InvalidInputError when it ran already, or when this is no folder */
  static async open(path: string): Promise<JobFolder> {
    const directory = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      throw new InvalidInputError(`the job's folder ${path} cannot be opened: ${error.message}`);
    });
    const owned: { close(): Promise<void> }[] = [directory];
    try {
      const lock = await FolderLock.acquire(path, false);
      if (!lock) throw new RefusedError(`the job ${basename(path)} is running already`);
      owned.push({ close: () => lock.release() });
      if (await exists(join(path, 'state.json'))) throw new InvalidInputError(`the job ${basename(path)} has run already`);
      const journal = await Journal.open(join(path, 'journal'));
      owned.push(journal);
      const log = await open(join(path, 'log'), 'a', 0o600);
      owned.push(log);
      await directory.sync();
      return new JobFolder(path, directory, journal, lock, log);
    } catch (error) {
      for (const resource of owned.reverse()) await resource.close();
      throw error;
    }
  }

  /** The job's name: that of its folder. */
  get id(): string {
    return basename(this.path);
  }

  /** Replaces `state.json`, by way of another file, so that it is whole at any time. On the medium when it resolves. */
  async writeState(state: StoredJobState): Promise<void> {
    await this.replaceFile('state.json', canonicalJson(state));
  }

  /** @throws FailedError when it cannot be written */
  async replaceFile(name: string, bytes: Buffer): Promise<void> {
    const path = join(this.path, name);
    try {
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await this.directory.sync();
    } catch (error) {
      throw new FailedError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
        todo: 'Make room on the disk that holds the data folder.',
      });
    }
  }

  /** A line for people, with the time. What cannot be logged must not end a job. */
  async log(line: string): Promise<void> {
    await this.logFile.appendFile(`${new Date().toISOString()} ${line}\n`).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.journal.close();
    await this.logFile.close();
    await this.directory.close();
    await this.lock.release();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
