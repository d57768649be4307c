import type { JobResult } from '../common';
import type { Application } from './application';

/** Adds what stood where nothing could be read. Who does not want to wait for that interrupts it: the job is over. */
export async function withLostFiles(application: Application, jobId: string, result: JobResult): Promise<JobResult> {
  if (result.holeCount === 0) return result;
  const { lostFiles } = await application.host();
  const lost = await lostFiles.of(jobId, application.signal).catch(() => null);
  return lost ? { ...result, lostFiles: lost } : result;
}
