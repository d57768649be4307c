/** What runs inside a plugin process. Authors use `definePlugin` of the package itself; this is for hosts, in tests and in the product. */
export { readToEnd } from './blobTransfer';
export type { DataPlane, LeaseConnection, StoredBlob } from './dataPlane';
export { MEMORY_VARIABLE } from './memoryLimit';
export { connectPlugin, type PluginConnection } from './connectPlugin';
export { PLUGIN_PROCESS_VARIABLE } from './pluginProcessVariable';
export type { PluginDefinition } from './pluginDefinition';
export { pullPages } from './pages';
export { TableProxy } from './tableProxy';
export { type Call, VolumeProxy } from './volumeProxy';
