/** How patient the host is with a plugin process. All in milliseconds. */
export interface PluginTimings {
  /** From the start of the process to its answer to `initialize`. */
  start: number;
  /** From the answer to a heartbeat to the next one. */
  heartbeat: number;
  /** How long a heartbeat may stay unanswered before the plugin counts as hung; infinite: for ever. */
  heartbeatAnswer: number;
  /** Between looks at what the process takes. */
  watch: number;
  /** From the last use to the end of an idle process. */
  idle: number;
  /** For the answer to `shutdown` and the end of the process, before it is killed. */
  stop: number;
  /** Crashes within so long count together. */
  crashWindow: number;
}
export const PLUGIN_TIMINGS: Readonly<PluginTimings> = {
  start: 20_000,
  heartbeat: 2_000,
  heartbeatAnswer: 6_000,
  watch: 1_000,
  idle: 60_000,
  stop: 2_000,
  crashWindow: 5 * 60_000,
};

/** So many crashes within the window disable a plugin. */
export const CRASH_LIMIT = 3;
