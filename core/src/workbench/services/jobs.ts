import type { JobSummary } from '../../common/workbench';
import { Emitter, type HostConnection, type JobModel } from '../api';

/** The jobs of the host, whoever started them, with their progress as it comes. */
export class Jobs implements JobModel {
  private current: JobSummary[] | null = null;
  /** What was told of single jobs while the list was asked for, which may have been read before that. */
  private toldMeanwhile: JobSummary[] | null = null;
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
    const told: JobSummary[] = (this.toldMeanwhile = []);
    this.host.request('jobs/list', {}).then(({ jobs }) => {
      this.toldMeanwhile = null;
      this.current = jobs;
      for (const job of told) this.put(job);
      this.changed.fire();
    }, this.showError);
  }

  private update(job: JobSummary): void {
    this.toldMeanwhile?.push(job);
    this.put(job);
    this.changed.fire();
  }

  private put(job: JobSummary): void {
    const others = (this.current ?? []).filter(({ id }) => id !== job.id);
    this.current = [...others, job].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }
}
