import { createInterface } from 'node:readline/promises';
import { CancelledError, InvalidInputError } from '@diskwright/sdk/errors';

/**
 * Asks before something is written, on the terminal; the word to type names what will be lost.
 * @throws InvalidInputError when there is no terminal to ask on, CancelledError when the answer is another
 */
export async function confirm(question: string, word: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new InvalidInputError('this writes to a device, and there is no terminal to ask on', {
      todo: 'Give --yes to go ahead, --simulate to see what would be, or --plan FILE to store the plan.',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType ${word} to go ahead: `, { signal });
    if (answer.trim() !== word) throw new CancelledError('not confirmed; nothing was written');
  } finally {
    terminal.close();
  }
}
