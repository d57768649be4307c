/** Jobs: plans being applied to devices. */
export { createJobRunner } from './jobRunner';
export type { JobHooks } from './runningJob';
