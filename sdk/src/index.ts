/** The author API: what a plugin is made of. Sub-paths have the rest: `/block`, `/struct`, `/extents`, `/errors`, `/protocol`, `/testing`. */
export * from './provider/index';
export type { CommandHandler, CommandList, ListResult } from './runtime/commandHandler';
export { definePlugin } from './runtime/definePlugin';
export { memoryLimit } from './runtime/memoryLimit';
export type {
  FolderProxy,
  LeasedSource,
  PluginBlobs,
  PluginContext,
  PluginDevices,
  PluginExtents,
  PluginContents,
  PluginFolders,
  PluginVolumes,
} from './runtime/pluginContext';
export { leaseVolume } from './runtime/leaseVolume';
export { type ListDirectory, walkByReaddir, walkDirectories } from './runtime/tree';
export type { PluginDefinition } from './runtime/pluginDefinition';
export type { TableProxy } from './runtime/tableProxy';
export type { OpenedView, ViewContext, ViewHandler } from './runtime/viewHandler';
export type { VolumeProxy } from './runtime/volumeProxy';
export { MapRuns, MAX_MAP_UNITS } from './view/mapRuns';
