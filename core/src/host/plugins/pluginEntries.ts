import type { PluginEntry } from '../../common/workbench';
import { treeMemory } from '../sandbox/treeMemory';
import { contributionsInWords } from './contributionsInWords';
import type { PluginProcess } from './pluginProcess';
import type { PluginRegistry } from './pluginRegistry';
import type { PluginSupervisor } from './pluginSupervisor';

/** Every plugin as the user manages them, with figures of those that run. */
export async function pluginEntries(registry: PluginRegistry, supervisor: PluginSupervisor): Promise<PluginEntry[]> {
  const records = new Map(registry.list().map((record) => [record.folder, record]));
  return Promise.all(
    supervisor.status().map(async ({ id, version, folder, state, problems, protection }) => {
      const record = records.get(folder)!;
      const manifest = record.plugin?.manifest;
      const running = record.plugin ? supervisor.processOf(id) : null;
      return {
        id,
        version,
        displayName: manifest?.displayName ?? id,
        description: record.description,
        folder,
        state,
        enabled: true,
        problems: problems.slice(0, 256),
        capabilities: manifest?.capabilities ?? [],
        protection,
        contributes: manifest ? contributionsInWords(manifest) : [],
        crashes: record.plugin ? supervisor.crashesOf(id) : 0,
        process: running && (await processFigures(running)),
      };
    }),
  );
}

async function processFigures(running: PluginProcess): Promise<NonNullable<PluginEntry['process']>> {
  const { pid, startMilliseconds, lagMilliseconds } = running;
  return { pid, memory: await treeMemory(pid), startMilliseconds, lagMilliseconds, bytesRead: 0 };
}
