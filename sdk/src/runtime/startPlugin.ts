import type { PluginDefinition } from './pluginDefinition';
export function startPlugin(_definition: PluginDefinition): void {}
