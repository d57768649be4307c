import type { Command } from 'commander';
import { parseErrorPolicy } from '../common/jobs/errorPolicy';
import type { JobSettings } from '../host/jobs/jobSettings';

/** How bad media are dealt with, as the command line says it. */
export interface MediaOptions {
  onError?: string;
  map?: string;
}

/** Adds the options that {@link MediaOptions} holds. */
export function addMediaOptions(command: Command): void {
  addErrorOption(command);
  command.option('--map <file>', 'a map file of ddrescue: what it calls bad is read last, and with --on-error skip not at all');
}

export function addErrorOption(command: Command): void {
  command.option(
    '--on-error <stop|retry N|skip>',
    'what to do about sectors of the source that cannot be read: end; try N times more, then write zeros and go on (the default: retry 2); or go on at once',
  );
}

/** @throws InvalidInputError */
export function mediaSettings({ onError, map }: MediaOptions): JobSettings {
  return { ...(onError !== undefined && parseErrorPolicy(onError)), ...(map !== undefined && { map }) };
}

/** `--on-error retry 5` are three words to a shell, and one option with its value here. */
export function joinRetryCount(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [index, word] of argv.entries()) {
    const isCount = /^\d+$/.test(word) && argv[index - 1] === 'retry' && argv[index - 2] === '--on-error';
    const follows = isCount || (/^\d+$/.test(word) && argv[index - 1] === '--on-error=retry');
    if (follows) joined.push(`${joined.pop()} ${word}`);
    else joined.push(word);
  }
  return joined;
}
