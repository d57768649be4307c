import type { JobProgress } from '../../common';
import { printable } from './printable';
import { formatSize } from './size';
import { displayWidth } from './table';

const WIDEST_BAR = 28;
const NARROWEST_BAR = 10;
const MILLISECONDS_BETWEEN_LINES = 30_000;

/** What each stage of a job does, before the structure it does it to. */
const STAGE_VERBS: Record<string, string> = {
  check: 'Checking',
  save: 'Saving',
  invalidate: 'Clearing',
  content: 'Copying',
  verify: 'Verifying',
  commit: 'Writing',
};

/** What is being done, in words: `Copying partition 2 (ext4)`. */
function stageText({ stage, text }: JobProgress): string {
  return printable(`${STAGE_VERBS[stage] ?? stage} ${text}`);
}

/** Draws one line of progress on a terminal and takes it away at the end; elsewhere a line a stage, and one every half a minute. */
export class ProgressBar {
  private drawn = false;
  private lastLine = { stage: '', at: 0 };
  private readonly isTerminal: boolean;

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly now: () => number = Date.now,
  ) {
    this.isTerminal = output.isTTY && process.env['TERM'] !== 'dumb';
  }

  update(progress: JobProgress): void {
    if (this.isTerminal) {
      this.output.write(`\r\x1b[2K${progressLine(progress, (this.output.columns || 80) - 1)}`);
      this.drawn = true;
      return;
    }
    const now = this.now();
    const isNew = progress.stage !== this.lastLine.stage;
    if (!isNew && now - this.lastLine.at < MILLISECONDS_BETWEEN_LINES) return;
    this.output.write(isNew ? `${stageText(progress)}\n` : `${[...progressParts(progress), stageText(progress)].join('  ')}\n`);
    this.lastLine = { stage: progress.stage, at: now };
  }

  clear(): void {
    if (this.drawn) this.output.write('\r\x1b[2K');
    this.drawn = false;
  }
}

/** One line of at most `columns`: the bar shrinks, then what matters least is left out. */
export function progressLine(progress: JobProgress, columns: number): string {
  const [percent, ...further] = progressParts(progress);
  let line = `${percent}  ${stageText(progress)}`;
  for (const part of further) if (displayWidth(line) + 2 + displayWidth(part) + NARROWEST_BAR + 1 <= columns) line += `  ${part}`;
  const room = Math.min(columns - displayWidth(line) - 1, WIDEST_BAR);
  if (room < NARROWEST_BAR) return [...line].slice(0, Math.max(columns, 0)).join('');
  const filled = Math.round(shareOf(progress) * room);
  return `${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${line}`;
}

/** Percent, speed, time left and what limits the speed; what is not known is left out. */
function progressParts(progress: JobProgress): string[] {
  const { done, total, bytesPerSecond, limit } = progress;
  const parts = [`${String(Math.floor(shareOf(progress) * 100)).padStart(3)} %`];
  if (bytesPerSecond > 0) {
    parts.push(
      `${formatSize(Math.round(bytesPerSecond))}/s`,
      `${formatDuration(Math.ceil((total - done) / bytesPerSecond))} left`,
    );
  }
  if (limit) parts.push(`limited by ${limit}`);
  return parts;
}

const shareOf = ({ done, total }: JobProgress): number => (total > 0 ? Math.min(done / total, 1) : 0);

/** Seconds for people: `0.2 s`, `8 s`, `12 min`, `1.5 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
