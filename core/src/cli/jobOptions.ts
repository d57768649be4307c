import type { Command } from 'commander';
import { parseErrorPolicy } from '../common/jobs/errorPolicy';
import { parseSize } from '../common/text/size';
import type { JobSettings } from '../host/jobs/jobSettings';

/** A size in sectors means those of 512 bytes: it is of no device. */
const BUDGET_UNIT = 512;

/** How a plan is applied, as the command line says it. */
export interface JobOptionWords {
  onError?: string;
  map?: string;
  undoBudget?: string;
  delta?: boolean;
  reflink?: boolean;
  digests?: boolean;
}

/** Adds the options that {@link JobOptionWords} holds. */
export function addJobOptions(command: Command): void {
  addErrorOption(command);
  command.option('--map <file>', 'a map file of ddrescue: what it calls bad is read last, and with --on-error skip not at all');
  command.option(
    '--undo-budget <size>',
    'save everything that is overwritten, if it is no more than this, so that "jobs undo" gives all of it back; structures are always saved',
  );
  command.option('--delta', 'read the target as well, and write only what differs from it');
  command.option(
    '--reflink',
    "between image files of one filesystem that can (btrfs, XFS), share the source's blocks instead of copying them: done at once, but no second copy on the medium, and not verified",
  );
  command.option(
    '--no-digests',
    'keep no digests of what is copied, which takes less of the processor: whoever verifies, then or later, has to read source and target',
  );
}

export function addErrorOption(command: Command): void {
  command.option(
    '--on-error <stop|retry N|skip>',
    'what to do about sectors of the source that cannot be read: end; try N times more, then write zeros and go on (the default: retry 2); or go on at once',
  );
}

/** @throws InvalidInputError */
export function jobSettings({ onError, map, undoBudget, delta, reflink, digests }: JobOptionWords): JobSettings {
  return {
    ...(onError !== undefined && parseErrorPolicy(onError)),
    ...(map !== undefined && { map }),
    ...(undoBudget !== undefined && { undoBudget: parseSize(undoBudget, BUDGET_UNIT, '--undo-budget') }),
    ...(delta && { delta }),
    ...(reflink && { reflink }),
    ...(digests === false && { digests }),
  };
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
