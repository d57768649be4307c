import type { HandlerFactory, Watcher } from '../pages';
import { commandHandlers } from './commands';
import { deviceHandlers, deviceWatcher } from './devices';
import { jobHandlers, jobWatcher } from './jobs';
import { planHandlers, planWatcher } from './plans';
import { pluginHandlers, pluginWatcher } from './plugins';
import { searchHandlers } from './search';
import { sessionHandlers, settingsWatcher } from './session';
import { viewHandlers } from './views';
import { volumeFileHandlers } from './volumeFiles';

/** Every area of the protocol; none answers a method of another. */
export const handlerFactories: HandlerFactory[] = [
  deviceHandlers,
  commandHandlers,
  planHandlers,
  jobHandlers,
  pluginHandlers,
  searchHandlers,
  sessionHandlers,
  viewHandlers,
  volumeFileHandlers,
];

/** What is watched for all windows. */
export const watchers: Watcher[] = [deviceWatcher, pluginWatcher, planWatcher, jobWatcher, settingsWatcher];
