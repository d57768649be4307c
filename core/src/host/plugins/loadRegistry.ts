import { join } from 'node:path';
import { disabledPlugins } from './disabledPlugins';
import { HOST_VERSION } from './hostVersion';
import { linkedFolder } from './linkedPlugins';
import { PluginRegistry } from './pluginRegistry';

/** The registry of this installation: those that their authors have linked, the built-in plugins in `plugins` of the program's folder, and the index in the data folder; those left out that the user turned off. */
export async function loadRegistry(programFolder: string, dataFolder: string): Promise<PluginRegistry> {
  const registry = await PluginRegistry.load({
    folders: [linkedFolder(dataFolder), join(programFolder, 'plugins')],
    hostVersion: HOST_VERSION,
    indexFile: join(dataFolder, 'cache', 'plugins.json'),
  });
  registry.setDisabled(await disabledPlugins(dataFolder));
  return registry;
}
