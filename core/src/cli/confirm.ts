import { createInterface } from 'node:readline';
import { CancelledError, InvalidInputError } from '@diskwright/sdk/errors';

/** Whether there is somebody to ask. */
export const hasTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/** @throws InvalidInputError when there is no terminal to ask on. `otherwise` says what else can be done. */
export function requireTerminal(otherwise: string): void {
  if (hasTerminal()) return;
  throw new InvalidInputError('this writes to a device, and there is no terminal to ask on', { todo: otherwise });
}

/**
 * Asks before something is written, on the terminal; the word to type names what will be lost.
 * @throws CancelledError when the answer is another, or none
 */
export async function confirm(question: string, word: string, signal: AbortSignal): Promise<void> {
  if (!(await ask(question, word, signal))) throw new CancelledError('not confirmed; nothing was written');
}

/** Asks on the terminal; whether the answer is the word. */
export async function ask(question: string, word: string, signal: AbortSignal): Promise<boolean> {
  process.stderr.write(`${question}\nType ${word} to go ahead: `);
  const answer = await readLine(signal);
  if (answer === null) process.stderr.write('\n');
  return answer?.trim() === word;
}

/** A line of the terminal; null when it was ended (Ctrl+D) or interrupted. The terminal does the editing itself, so nothing else is drawn. */
async function readLine(signal: AbortSignal): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, terminal: false });
  const interrupted = (): void => terminal.close();
  signal.addEventListener('abort', interrupted, { once: true });
  try {
    return await new Promise((resolve) => {
      terminal.once('line', resolve);
      terminal.once('close', () => resolve(null));
      if (signal.aborted) terminal.close();
    });
  } finally {
    signal.removeEventListener('abort', interrupted);
    terminal.close();
  }
}
