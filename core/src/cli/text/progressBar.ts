import type { JobProgress } from '../../common';
import { printable } from '../../common/text/printable';
import { formatDuration } from '../../common/text/duration';
import { shareOf, stageText } from '../../common/text/jobStage';
import { formatSize } from '../../common/text/size';
import { displayWidth } from '../../host/text/table';

const WIDEST_BAR = 28;
const NARROWEST_BAR = 10;
const MILLISECONDS_BETWEEN_LINES = 30_000;

/** Draws one line of progress on a terminal and takes it away at the end; elsewhere a line a stage, and one every half a minute. */
export class ProgressBar {
  private drawn = false;
  private lastLine = { stage: '', at: 0 };
  private readonly isTerminal: boolean;

  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly now: () => number = Date.now,
    /** Before each line that is written elsewhere than on a terminal. */
    private readonly prefix = '',
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
    const parts = isNew ? [] : progressParts(progress);
    this.output.write(`${this.prefix}${[...parts, printable(stageText(progress))].join('  ')}\n`);
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
  let line = `${percent}  ${printable(stageText(progress))}`;
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
