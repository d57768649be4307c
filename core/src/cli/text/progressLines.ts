import type { JobProgress } from '../../common';
import { printable } from '../../common/text/printable';
import { displayWidth } from '../../host/text/table';
import { ProgressBar, progressLine } from './progressBar';

const WIDEST_NAME = 24;

/** A line of progress for each of several jobs, under each other on a terminal; elsewhere the lines of each with its name. */
export class ProgressLines {
  private readonly lines: (string | null)[];
  private readonly bars: ProgressBar[];
  private drawn = 0;
  private readonly isTerminal: boolean;

  /** @param names what each job is told by */
  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly names: readonly string[],
  ) {
    this.isTerminal = output.isTTY && process.env['TERM'] !== 'dumb';
    this.lines = names.map(() => null);
    this.bars = names.map((name) => new ProgressBar(output, Date.now, `${printable(name)}: `));
  }

  update(index: number, progress: JobProgress): void {
    if (!this.isTerminal) return this.bars[index]!.update(progress);
    const head = this.heading(index);
    this.lines[index] = head + progressLine(progress, (this.output.columns || 80) - 1 - displayWidth(head));
    this.draw();
  }

  /** Shows how one has ended, in place of its progress. */
  end(index: number, text: string): void {
    if (!this.isTerminal) return;
    this.lines[index] = `${this.heading(index)}${printable(text)}`.slice(0, (this.output.columns || 80) - 1);
    this.draw();
  }

  /** Takes the lines away. */
  clear(): void {
    this.output.write(this.up());
    if (this.drawn > 0) this.output.write('\x1b[J');
    this.drawn = 0;
  }

  private draw(): void {
    const shown = this.lines.filter((line) => line !== null);
    this.output.write(`${this.up()}${shown.map((line) => `\x1b[2K${line}\n`).join('')}`);
    this.drawn = shown.length;
  }

  private up(): string {
    return this.drawn > 0 ? `\x1b[${this.drawn}A\r` : '';
  }

  /** Its number and its name, whose end tells it from the others. */
  private heading(index: number): string {
    const name = printable(this.names[index]!);
    return `${name.length > WIDEST_NAME ? `…${name.slice(1 - WIDEST_NAME)}` : name}  `;
  }
}
