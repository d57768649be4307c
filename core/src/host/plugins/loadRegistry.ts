import { join } from 'node:path';
import { unwantedPlugins } from './disabledPlugins';
import { HOST_VERSION } from './hostVersion';
import { linkedFolder } from './linkedPlugins';
import { PluginRegistry } from './pluginRegistry';

/** Which plugins a start leaves out. */
export interface PluginChoice {
  /** The safe mode: none but those that come with Diskwright, in the version that came with it. */
  builtInsOnly?: boolean;
  /** Ids of plugins that are not used at this start. */
  without?: readonly string[];
}

/** The folder of installed plugins. */
export const storeFolder = (dataFolder: string): string => join(dataFolder, 'plugins');

/**
 * The registry of this installation: those that their authors have linked, those that are installed in the data folder, where the index lies too, and the
 * built-in ones in `plugins` of the program's folder; those left out that the user turned off.
 */
export async function loadRegistry(
  programFolder: string,
  dataFolder: string,
  { builtInsOnly = false, without = [] }: PluginChoice = {},
): Promise<PluginRegistry> {
  const registry = await PluginRegistry.load({
    folders: [join(programFolder, 'plugins')],
    ...(!builtInsOnly && { linked: linkedFolder(dataFolder), store: storeFolder(dataFolder) }),
    without,
    hostVersion: HOST_VERSION,
    indexFile: join(dataFolder, 'cache', 'plugins.json'),
  });
  const { disabled, blocked } = await unwantedPlugins(dataFolder);
  registry.setDisabled(disabled);
  registry.setBlocked(blocked);
  return registry;
}
