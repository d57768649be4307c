import type { JobProgress } from '../types';

/** What each stage of a job does, before the structure it does it to. */
export const STAGE_VERBS: Readonly<Record<string, string>> = {
  check: 'Checking',
  save: 'Saving',
  invalidate: 'Clearing',
  content: 'Copying',
  verify: 'Verifying',
  commit: 'Writing',
};

/** What is being done, in words: `Copying partition 2 (ext4)`. May hold text from a disk. */
export function stageText({ stage, text }: Pick<JobProgress, 'stage' | 'text'>): string {
  return `${STAGE_VERBS[stage] ?? stage} ${text}`;
}

/** 0 … 1; 0 while nothing is known. */
export const shareOf = ({ done, total }: Pick<JobProgress, 'done' | 'total'>): number =>
  total > 0 ? Math.min(done / total, 1) : 0;
