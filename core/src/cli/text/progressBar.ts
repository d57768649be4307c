import type { JobProgress } from '../../common';
import { formatSize } from './size';

const BAR_COLUMNS = 28;

/** Draws one line of progress on a terminal and takes it away at the end; elsewhere it prints a line a stage. */
export class ProgressBar {
  private readonly started: number;
  private lastStage = '';
  private drawn = false;

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly now: () => number = Date.now,
  ) {
    this.started = now();
  }

  update(progress: JobProgress): void {
    if (!this.output.isTTY) {
      if (progress.stage !== this.lastStage) this.output.write(`${progress.text}\n`);
      this.lastStage = progress.stage;
      return;
    }
    const share = progress.total > 0 ? Math.min(progress.done / progress.total, 1) : 0;
    const filled = Math.round(share * BAR_COLUMNS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
    const rate = progress.bytesPerSecond > 0 ? `  ${formatSize(Math.round(progress.bytesPerSecond))}/s` : '';
    const limit = progress.limit ? ` (limited by ${progress.limit})` : '';
    const rest =
      progress.bytesPerSecond > 0 ? `  ${formatSeconds((progress.total - progress.done) / progress.bytesPerSecond)} left` : '';
    const line = `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${progress.text}${rate}${limit}${rest}`;
    this.output.write(`\r\x1b[2K${line.slice(0, Math.max(20, (this.output.columns ?? 80) - 1))}`);
    this.drawn = true;
  }

  /** Seconds since the bar was made. */
  get elapsedSeconds(): number {
    return (this.now() - this.started) / 1000;
  }

  clear(): void {
    if (this.drawn) this.output.write('\r\x1b[2K');
    this.drawn = false;
  }
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
