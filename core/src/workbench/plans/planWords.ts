import type { Phase, Plan } from '@diskwright/sdk/protocol';

/** What the steps of a phase are for, in the order in which the phases run. */
export const PHASE_TITLES: readonly (readonly [Phase, string])[] = [
  ['check', 'Checked before anything is written'],
  ['invalidate', 'What was there is taken away'],
  ['content', 'Content'],
  ['commit', 'What makes it recognisable, last'],
];

/** What a job saves of what it overwrites, before it does: in a word or two, and what that means. */
export const SAVED_WORDS: Readonly<Record<Plan['undo'], { short: string; meaning: string }>> = {
  full: {
    short: 'Everything',
    meaning: 'All that is overwritten is read and kept in the job’s folder before it is written.',
  },
  metadata: {
    short: 'Tables and signatures',
    meaning:
      'Partition tables and what marks filesystems are kept in the job’s folder. Content that is copied over is lost for good: make a backup first if you need it.',
  },
  none: {
    short: 'Nothing',
    meaning: 'What is overwritten is lost for good. Make a backup first if you need it.',
  },
};

/** A title with its devices by their names alone, for a tab. */
export const shortTitle = (title: string, devices: readonly { path: string }[]): string =>
  [...devices]
    // A path may begin with another one.
    .sort((one, other) => other.path.length - one.path.length)
    .reduce((text, { path }) => text.replaceAll(path, path.split(/[/\\]/).findLast((part) => part !== '') ?? path), title);

/** The beginning of a digest, enough to tell plans apart by eye. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
