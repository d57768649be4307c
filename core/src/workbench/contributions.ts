import type { Contribution } from './api';

/** Every feature of the workbench, in the order in which they are set up. */
export const contributions: Contribution[] = [];
