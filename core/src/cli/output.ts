import { FailedError } from '@diskwright/sdk/errors';
import { reasonOf } from '../host/systemError';
import { printableLines } from '../common/text/printable';

/**
 * What a command writes to its standard output and standard error. Nothing in it can command a terminal, and a reader that went away (`| head`) is no
 * failure: what is written after that is dropped.
 */
export class Output {
  private closed = false;
  private failure: Error | null = null;

  constructor(
    private readonly answer: NodeJS.WriteStream = process.stdout,
    private readonly messages: NodeJS.WriteStream = process.stderr,
  ) {
    answer.on('error', (error: NodeJS.ErrnoException) => {
      this.closed = true;
      if (error.code !== 'EPIPE') this.failure ??= error;
    });
    messages.on('error', () => undefined);
  }

  /** Nobody reads the answer any more: a command that only prints may end. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Lines of the answer. */
  print(text: string): void {
    this.write(`${printableLines(text)}\n`);
  }

  /** A document on a line of its own. */
  printJson(value: unknown): void {
    this.write(`${jsonText(value)}\n`);
  }

  /** A piece of the answer that is safe already. */
  write(text: string | Buffer): void {
    if (!this.closed) this.answer.write(text);
  }

  /** As {@link write}, and resolves when the reader has room for more. */
  async writeBytes(bytes: Buffer): Promise<void> {
    if (this.closed || this.answer.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.answer.off('drain', done).off('error', done).off('close', done);
        resolve();
      };
      this.answer.once('drain', done).once('error', done).once('close', done);
    });
  }

  /** Lines beside the answer. */
  message(text: string): void {
    this.messages.write(`${printableLines(text)}\n`);
  }

  /** Waits until all is handed on. @throws FailedError when the answer could not be written, as on a full disk */
  async flush(): Promise<void> {
    if (!this.closed) await new Promise<void>((resolve) => this.answer.write('', () => resolve()));
    if (this.failure) throw new FailedError(`the answer cannot be written to standard output: ${reasonOf(this.failure)}`);
  }
}

/** JSON whose strings hold nothing that a terminal obeys; JSON.stringify leaves DEL, the C1 controls and marks of direction as they are. */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(value));
}

/** As {@link jsonText}, of what is JSON already, lines of it included. */
export function safeJson(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
