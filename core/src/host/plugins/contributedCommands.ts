import { join } from 'node:path';
import type { CommandContribution } from '@diskwright/sdk/protocol';
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

/** The commands that plugins add, for help and arguments of the command line. Starts no plugin. */
export async function contributedCommands(programFolder: string, dataFolder: string): Promise<CommandContribution[]> {
  return (await loadRegistry(programFolder, dataFolder)).commands().map(({ contribution }) => contribution);
}
