/** The author API: what a plugin is made of. Sub-paths have the rest: `/block`, `/struct`, `/extents`, `/errors`, `/protocol`, `/testing`. */
export * from './provider/index';
export type { CommandHandler } from './runtime/commandHandler';
export { definePlugin } from './runtime/definePlugin';
export type {
  LeasedSource,
  PluginBlobs,
  PluginContext,
  PluginDevices,
  PluginExtents,
  PluginVolumes,
} from './runtime/pluginContext';
export { leaseVolume } from './runtime/leaseVolume';
export type { PluginDefinition } from './runtime/pluginDefinition';
export type { TableProxy } from './runtime/tableProxy';
export type { VolumeProxy } from './runtime/volumeProxy';
export { MapRuns, MAX_MAP_UNITS } from './view/mapRuns';
