import type { Problem } from '@diskwright/sdk';
import type { ReplayedLog } from './readLog';
import type { LogEnd } from './transactions';

const todo = 'Mount and unmount the filesystem, or run e2fsck on it, and try again.';
const checkTodo = 'Run e2fsck on the filesystem, and try again.';

const endings: Record<NonNullable<LogEnd['doubt']>, string> = {
  checksum: 'has a wrong checksum',
  unreadable: 'lies in sectors that cannot be read',
  noEnd: 'has no end',
};

/** What is to be said of a journal that was replayed. */
export function replayProblems({
  blocks,
  transactions,
  end,
  wrongChecksums,
  unreadable,
  outside,
  fastCommits,
}: ReplayedLog): Problem[] {
  const problems: Problem[] = [
    {
      severity: 'warning',
      code: 'ext.journal.recovery',
      effect: 'conservative',
      message: `It was not cleanly unmounted: its journal was replayed in memory (${replayedInWords(transactions, blocks.count)}); the device was not changed. What was in use before counts as used, too.`,
      todo,
    },
  ];
  const doubt = (code: string, message: string): void => {
    problems.push({ severity: 'error', code, effect: 'unknown', message, todo: checkTodo });
  };
  if (end.doubt)
    doubt(
      'ext.journal.end',
      `Transaction ${end.sequence} of the journal ${endings[end.doubt]}; it and all behind it were not replayed.`,
    );
  if (wrongChecksums > 0)
    doubt(
      'ext.journal.dataChecksum',
      `${inWords(wrongChecksums, 'block')} in the journal ${wrongChecksums === 1 ? 'has a wrong checksum and was' : 'have wrong checksums and were'} not replayed.`,
    );
  if (unreadable > 0)
    doubt('ext.journal.media', `${inWords(unreadable, 'block')} in the journal cannot be read, and what belongs there neither.`);
  if (outside > 0) doubt('ext.journal.target', `The journal would write ${inWords(outside, 'block')} outside of the filesystem.`);
  if (fastCommits.commits > 0)
    problems.push({
      severity: 'warning',
      code: 'ext.journal.fastCommits',
      effect: 'unknown',
      message: `${inWords(fastCommits.commits, 'fast commit')} with ${inWords(fastCommits.changes, 'change')} came after the last full one. They were not replayed: files are shown as of the last full commit.`,
      todo,
    });
  return problems;
}

/** How much was replayed. */
export const replayedInWords = (transactions: number, blocks: number): string =>
  `${inWords(transactions, 'transaction')}, ${inWords(blocks, 'block')}`;

const inWords = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
