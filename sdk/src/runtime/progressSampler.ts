const INTERVAL_MILLISECONDS = 100;

/** Progress as it is sent. */
export interface ProgressReport {
  stage: string;
  done: number;
  total?: number;
}

/** Passes on at most ten reports a second: the first at once, then the latest of each interval, and the last one at the end. */
export class ProgressSampler {
  private latest: ProgressReport | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly send: (report: ProgressReport) => void) {}

  report(report: ProgressReport): void {
    this.latest = report;
    if (!this.timer) this.flush();
  }

  /** Sends what is left and ends. */
  end(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.latest) this.send(this.latest);
    this.latest = null;
  }

  private flush(): void {
    this.timer = null;
    if (!this.latest) return;
    this.send(this.latest);
    this.latest = null;
    this.timer = setTimeout(() => this.flush(), INTERVAL_MILLISECONDS);
    this.timer.unref();
  }
}
