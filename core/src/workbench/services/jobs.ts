import type { JobSummary } from '../../common/workbench';
import { Emitter, type HostConnection, type JobModel } from '../api';

/** The jobs of the host, whoever started them, with their progress as it comes. */
export class Jobs implements JobModel {
  private current: JobSummary[] | null = null;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly host: HostConnection,
    private readonly showError: (error: unknown) => void,
  ) {
    host.on('jobs/changed', ({ job }) => this.update(job));
    host.on('jobs/progress', ({ id, progress }) => {
      const job = this.get(id);
      // What a slow connection brings late is not told of a job that has ended.
      if (job?.state === 'running') this.update({ ...job, progress });
    });
    host.onDidChangeState((state) => {
      if (state === 'connected') this.fetch();
    });
  }

  get jobs(): readonly JobSummary[] | null {
    return this.current;
  }

  get(id: string): JobSummary | undefined {
    return this.current?.find((job) => job.id === id);
  }

  private fetch(): void {
    this.host.request('jobs/list', {}).then(({ jobs }) => {
      this.current = jobs;
      this.changed.fire();
    }, this.showError);
  }

  private update(job: JobSummary): void {
    const others = (this.current ?? []).filter(({ id }) => id !== job.id);
    this.current = [...others, job].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    this.changed.fire();
  }
}
