import type { JobResult } from '../../common';
import type { JobSummary } from '../../common/workbench';
import { jobReport, saveReport } from '../../host/jobs/jobReport';
import type { WatchedJob } from '../../host/jobs/jobWatcher';
import type { HandlerFactory, Watcher } from '../pages';
import { fittingPrefix } from './fittingPrefix';

/** What a list shows of each: the job's folder and its report have all. */
const LISTED_HOLES = 16;
const SHOWN_HOLES = 1024;
const SHOWN_DIGESTS = 1024;
const MAX_LOG_CHARACTERS = 256 * 1024;

/** Jobs, whoever started them. */
export const jobHandlers: HandlerFactory = ({ host }) => ({
  'jobs/list': async () => ({ jobs: fittingPrefix((await host.jobWatcher.list()).slice(0, 1024).map(listed)) }),
  'jobs/show': async ({ id }) => {
    const job = await host.jobs.show(id);
    return { ...job, log: job.log.slice(-MAX_LOG_CHARACTERS), result: shortened(job.result, SHOWN_HOLES, SHOWN_DIGESTS) };
  },
  'jobs/cancel': async ({ id }) => {
    await host.jobs.askToCancel(id);
    return {};
  },
  'jobs/pause': async ({ id }) => {
    await host.jobs.pause(id);
    return {};
  },
  'jobs/resume': async ({ id, options }) => {
    await host.jobs.startAgain(id, {}, options);
    await host.jobWatcher.start();
    return {};
  },
  'jobs/undoPlan': async ({ id }, { signal }) => ({
    digest: await host.planLibrary.keep(await host.jobs.undoPlan(id, {}, signal)),
  }),
  'jobs/lostFiles': async ({ id }, { signal }) => ({ lostFiles: await host.lostFiles.of(id, signal) }),
  'jobs/report': async ({ id, path }, { signal }) => {
    // Kept in the job's folder, where the report finds it.
    if ((await host.jobs.summary(id)).result?.holeCount) await host.lostFiles.of(id, signal);
    const text = await jobReport(await host.jobs.show(id));
    if (path !== null) await saveReport(text, path);
    return { text: text.slice(0, 2 * MAX_LOG_CHARACTERS) };
  },
});

/** Follows all jobs for all windows, and tells when what a job wrote must be read anew. */
export const jobWatcher: Watcher = (host, pages) => {
  const following = [
    host.jobWatcher.onChanged((job) => pages.broadcastNewest('jobs/changed', { job: listed(job) }, { subject: job.id })),
    host.jobWatcher.onProgress((event) => pages.broadcastNewest('jobs/progress', event, { subject: event.id })),
    host.contentChanges.onChanged((path) => pages.broadcastNewest('devices/contentChanged', { path }, { subject: path })),
  ];
  void host.jobWatcher.start().catch(() => undefined);
  return { dispose: () => following.forEach((listening) => listening.dispose()) };
};

function listed({ id, state, title, startedAt, result, progress }: WatchedJob): JobSummary {
  const { lostFiles: _lost, slow: _slow, ...short } = shortened(result, LISTED_HOLES, 0) ?? {};
  return { id, state, title, startedAt, result: result && (short as JobResult), progress };
}

function shortened(result: JobResult | null, holes: number, digests: number): JobResult | null {
  return result && { ...result, holes: result.holes.slice(0, holes), digests: result.digests.slice(0, digests) };
}
