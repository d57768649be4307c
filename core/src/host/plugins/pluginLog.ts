import type { Readable } from 'node:stream';
import { HiddenWords } from './hiddenWords';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  /** What the plugin said itself, by its log or by stdout and stderr; `host` is what the host says of it. */
  source: 'plugin' | 'stdout' | 'stderr' | 'host';
  level: LogLevel;
  text: string;
}

const KEPT_LINES = 1000;
const KEPT_CHARACTERS = 1024 * 1024;
const MAX_CHARACTERS = 8192;
/** Lines that may come at once, and how many a second in the long run. */
const BURST_LINES = 500;
const LINES_PER_SECOND = 50;
const PAUSE_MILLISECONDS = 50;

/** The log of one plugin: the last lines, at a bounded rate. What comes faster is counted and dropped. */
export class PluginLog {
  private readonly lines: LogLine[] = [];
  private allowance = BURST_LINES;
  private filledAt = Date.now();
  private dropped = 0;
  /** What must not be read in it, whoever writes it. */
  readonly hidden = new HiddenWords();
  /** Of the kept lines. */
  private keptCharacters = 0;
  /** Characters and lines that the plugin wrote, those included that were dropped, since Diskwright started. */
  written = { characters: 0, droppedLines: 0 };

  /** @param onLine is told every line that is kept, such as to append it to a file */
  constructor(private readonly onLine?: (line: LogLine) => void) {}

  /** The last lines, oldest first. */
  recent(): readonly LogLine[] {
    return this.lines;
  }

  /** The last lines of stderr as one text, for the reason of a crash; stacks are left to the log. */
  lastErrors(): string {
    return this.lines
      .filter(({ source, text }) => source === 'stderr' && !/^(\s+at .*|\s*)$/.test(text))
      .slice(-5)
      .map(({ text }) => text)
      .join('\n');
  }

  /** All of stderr since a time, in milliseconds since 1970. */
  errorsSince(time: number): string {
    const lines = this.lines.filter((line) => line.source === 'stderr' && line.time >= time);
    return lines.map(({ text }) => text).join('\n');
  }

  write(source: LogLine['source'], level: LogLevel, text: string): void {
    if (source !== 'host') this.written.characters += text.length;
    if (source !== 'host' && !this.mayWrite()) {
      this.dropped++;
      this.written.droppedLines++;
      return;
    }
    if (this.dropped > 0) {
      const note = `${this.dropped} lines were dropped: the plugin writes too fast`;
      this.dropped = 0;
      this.keep({ time: Date.now(), source: 'host', level: 'warn', text: note });
    }
    this.keep({ time: Date.now(), source, level, text: text.slice(0, MAX_CHARACTERS) });
  }

  /** Takes the lines of a process's output as they come. A line without an end is cut where it is too long. */
  follow(stream: Readable, source: 'stdout' | 'stderr'): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!.slice(0, MAX_CHARACTERS);
      for (const line of parts) this.write(source, source === 'stderr' ? 'warn' : 'info', line);
      // A flood waits in the pipe, and so does its writer: reading it all would cost the host as much as the plugin.
      if (this.dropped > 0) {
        stream.pause();
        setTimeout(() => stream.resume(), PAUSE_MILLISECONDS).unref();
      }
    });
    stream.on('end', () => {
      if (rest !== '') this.write(source, source === 'stderr' ? 'warn' : 'info', rest);
    });
    stream.on('error', () => undefined);
  }

  private keep({ text, ...rest }: LogLine): void {
    const line = { ...rest, text: this.hidden.hide(text) };
    this.lines.push(line);
    this.keptCharacters += line.text.length;
    while (this.lines.length > KEPT_LINES || this.keptCharacters > KEPT_CHARACTERS)
      this.keptCharacters -= this.lines.shift()!.text.length;
    this.onLine?.(line);
  }

  private mayWrite(): boolean {
    const now = Date.now();
    this.allowance = Math.min(BURST_LINES, this.allowance + ((now - this.filledAt) / 1000) * LINES_PER_SECOND);
    this.filledAt = now;
    if (this.allowance < 1) return false;
    this.allowance--;
    return true;
  }
}
