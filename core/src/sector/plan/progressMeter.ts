import type { JobProgress, StuckRequest } from '../../common/index';
import { PauseGate } from './pauseGate';
import { RequestWatch } from './requestWatch';

/** What limits the speed; null when nothing is known. */
export type Limit = JobProgress['limit'];
/** What a native job says of itself. */
export interface JobSample {
  bytes: number;
  limit: Limit;
  stuck: StuckRequest[];
}

const WINDOW_MS = 2000;

/** What a job is doing, how far it is, and how fast: counted as it happens, looked at by whoever wants to know. */
export class ProgressMeter {
  /** How the devices answer. */
  readonly requests = new RequestWatch();
  /** Whether the job is to go on. */
  readonly gate = new PauseGate();
  private stage = 'check';
  private text = '';
  private total = 0;
  private done = 0;
  private limit: Limit = null;
  private poll: (() => JobSample) | null = null;
  /** Time and bytes of the last samples, for the rate. */
  private samples: { at: number; bytes: number }[] = [];

  /** The stage that runs, its bytes and how many are done, to come back to it. */
  snapshot(): { stage: string; text: string; total: number; done: number } {
    const { stage, text, total, done } = this;
    return { stage, text, total, done };
  }

  begin(stage: string, text: string, total: number): void {
    this.stage = stage;
    this.text = text;
    this.total = total;
    this.done = 0;
    this.limit = null;
    this.poll = null;
    this.samples = [];
  }

  describe(text: string): void {
    this.text = text;
  }

  advance(bytes: number): void {
    this.done += bytes;
  }

  /** Runs something that limits the speed meanwhile. */
  async during<T>(limit: Limit, action: () => Promise<T>): Promise<T> {
    this.limit = limit;
    try {
      return await action();
    } finally {
      this.limit = null;
    }
  }

  /** Follows something that counts by itself, until it has ended; its last count is added then. It is paused when the job is. */
  async follow<T>(poll: () => JobSample, pause: (isPaused: boolean) => void, ended: Promise<T>): Promise<T> {
    this.poll = poll;
    try {
      return await this.gate.tellDuring(pause, ended);
    } finally {
      this.done += poll().bytes;
      this.poll = null;
    }
  }

  /** How things stand at `now` (milliseconds, monotonic). */
  sample(now: number): JobProgress {
    const polled = this.poll?.();
    const done = Math.min(this.done + (polled?.bytes ?? 0), this.total);
    this.samples.push({ at: now, bytes: done });
    while (this.samples.length > 2 && this.samples[0]!.at < now - WINDOW_MS) this.samples.shift();
    const first = this.samples[0]!;
    const seconds = (now - first.at) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.max(0, (done - first.bytes) / seconds) : 0;
    const stuck = [...(polled?.stuck ?? []), ...this.requests.stuck()];
    const { stage, text, total } = this;
    const limit = polled?.limit ?? this.limit;
    const paused = this.gate.isPaused;
    return { stage, text, done, total, bytesPerSecond, limit, paused, ...(stuck.length > 0 && { stuck }) };
  }
}
