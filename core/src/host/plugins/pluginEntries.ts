import type { PluginEntry } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { treeMemory } from '../sandbox/treeMemory';
import { contributionsInWords } from './contributionsInWords';
import type { PluginHost } from './pluginHost';

/** Every plugin as the user manages them, with figures of those that run. */
export async function pluginEntries({ registry, supervisor }: PluginHost, devices: DeviceService): Promise<PluginEntry[]> {
  const records = new Map(registry.list().map((record) => [record.folder, record]));
  const states = supervisor.status();
  const bytesRead = await devices.bytesRead(states.map(({ id }) => supervisor.account(id)));
  return Promise.all(
    states.map(async ({ id, version, folder, state, problems, protection }, index) => {
      const { plugin, description } = records.get(folder)!;
      const running = plugin && supervisor.processOf(id);
      return {
        id,
        version,
        displayName: plugin?.manifest.displayName ?? id,
        description,
        folder,
        state,
        enabled: !registry.isDisabled(id),
        problems: problems.slice(0, 256),
        capabilities: plugin?.manifest.capabilities ?? [],
        protection,
        contributes: plugin ? contributionsInWords(plugin.manifest) : [],
        crashes: plugin ? supervisor.crashesOf(id) : 0,
        process: running && {
          pid: running.pid,
          memory: await treeMemory(running.pid),
          startMilliseconds: running.startMilliseconds,
          lagMilliseconds: running.lagMilliseconds,
          bytesRead: bytesRead[index]!,
        },
      };
    }),
  );
}
