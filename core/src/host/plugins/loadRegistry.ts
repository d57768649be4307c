import { join } from 'node:path';
import { HOST_VERSION } from './hostVersion';
import { PluginRegistry } from './pluginRegistry';

/** The registry of this installation: the built-in plugins in `plugins` of the program's folder, and the index in the data folder. */
export function loadRegistry(programFolder: string, dataFolder: string): Promise<PluginRegistry> {
  return PluginRegistry.load({
    folders: [join(programFolder, 'plugins')],
    hostVersion: HOST_VERSION,
    indexFile: join(dataFolder, 'cache', 'plugins.json'),
  });
}
