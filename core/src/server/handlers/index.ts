import type { HandlerFactory, Watcher } from '../pages';

/** Every area of the protocol; none answers a method of another. */
export const handlerFactories: HandlerFactory[] = [];

/** What is watched for all windows. */
export const watchers: Watcher[] = [];
