/** The plugins of a host: found, checked, started in their sandboxes, and watched. */
export { loadRegistry, type PluginChoice } from './loadRegistry';
export { HOST_VERSION } from './hostVersion';
export { describeProblem, type ManifestProblem } from './manifestProblem';
export { type LayoutReader, PluginHost, type PluginHostOptions } from './pluginHost';
export { type LaunchedPlugin, type PluginLauncher, SandboxedLauncher } from './pluginLauncher';
export type { LogLine } from './pluginLog';
export type { InstalledPlugin, PluginRecord } from './pluginRecord';
export { PluginRegistry } from './pluginRegistry';
export type { PluginStatus, PluginSupervisor } from './pluginSupervisor';
export { PLUGIN_TIMINGS, type PluginTimings } from './pluginTimings';
