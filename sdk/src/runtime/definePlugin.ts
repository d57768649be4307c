import type { PluginDefinition } from './pluginDefinition';
import { PLUGIN_PROCESS_VARIABLE } from './pluginProcessVariable';
import { startPlugin } from './startPlugin';

/**
 * Defines a plugin. To be called once, at the top of the plugin's main file, with its result as the default export. In a plugin process it
 * connects to the host; anywhere else, such as in a test, it only answers the definition.
 */
export function definePlugin(definition: PluginDefinition): PluginDefinition {
  if (process.env[PLUGIN_PROCESS_VARIABLE]) startPlugin(definition);
  return definition;
}
