import type { Phase } from '@diskwright/sdk/protocol';
import { dirname, join } from 'node:path';
import type { JobResult } from '../../../common/index';
import { JobFolder, type StoredJobState } from '../jobFolder';

/** The job that another one undoes: kept from being resumed or undone by a third meanwhile. Ended by {@link end}. */
export class UndoneJob {
  private constructor(
    private readonly folder: JobFolder,
    /** The last phase that earlier runs of the job that undoes it have begun. */
    private readonly reached: Phase,
  ) {}

  /** @param undoing folder of the job that undoes it. @throws RefusedError when it runs, or was undone, or is by another job */
  static async claim(jobId: string, undoing: JobFolder): Promise<UndoneJob> {
    const folder = await JobFolder.open(join(dirname(undoing.path), jobId), 'undo', undoing.id);
    await folder.markUndoneBy(undoing.id).catch(async (error: unknown) => {
      await folder.close();
      throw error;
    });
    return new UndoneJob(folder, undoing.history.phase);
  }

  /** @param result of the job that undid it; null when that did not begin, or did not go on */
  async end(result: JobResult | null): Promise<void> {
    const { folder } = this;
    try {
      if (result?.state === 'done' && result.exitStatus === 0) await this.markUndone();
      else if ((result?.phase ?? this.reached) === 'check') await folder.markUndoneBy(null);
    } catch (error) {
      await folder.log(error instanceof Error ? error.message : String(error));
    } finally {
      await folder.close();
    }
  }

  private async markUndone(): Promise<void> {
    const stored = await this.folder.files.read('state.json');
    const state = stored ? (JSON.parse(stored.toString('utf8')) as StoredJobState) : { title: '', result: null };
    await this.folder.writeState({ ...state, state: 'undone' });
    await this.folder.log('undone');
  }
}
