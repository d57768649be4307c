import type { Contribution } from './api';
import { deviceFeatures } from './devices/contribution';
import { files } from './files/contribution';
import { jobs } from './jobs/contribution';
import { plans } from './plans/contribution';
import { plugins } from './plugins/contribution';
import { pluginViews } from './pluginViews/contribution';
import { results } from './results/contribution';
import { sectors } from './sectors/contribution';
import { wizards } from './wizards/contribution';

/** Every feature of the workbench, in the order in which they are set up. */
export const contributions: Contribution[] = [
  deviceFeatures,
  files,
  sectors,
  wizards,
  plans,
  jobs,
  plugins,
  pluginViews,
  results,
];
