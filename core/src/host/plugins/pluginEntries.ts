import type { PluginEntry } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { treeMemory } from '../sandbox/treeMemory';
import { limitsInWords } from './containment/limitsInWords';
import { contributionsInWords } from './contributionsInWords';
import type { PluginHost } from './pluginHost';

/** Every plugin as the user manages them, with figures of those that run. */
export async function pluginEntries({ registry, supervisor, stops }: PluginHost, devices: DeviceService): Promise<PluginEntry[]> {
  const records = new Map(registry.list().map((record) => [record.folder, record]));
  const states = supervisor.status();
  const bytesRead = await devices.bytesRead(states.map(({ id }) => supervisor.account(id)));
  const known = await stops?.read();
  const limits = limitsInWords(supervisor.limits);
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
        lastStop: known?.get(id) ?? null,
        limits,
        process: running && {
          pid: running.pid,
          memory: await treeMemory(running.pid),
          startMilliseconds: running.startMilliseconds,
          lagMilliseconds: running.lagMilliseconds,
          bytesRead: bytesRead[index]!,
          processorPercent: running.load?.processorPercent ?? null,
          messagesPerSecond: running.load?.messagesPerSecond ?? null,
          logCharacters: running.log.written.characters,
          logDroppedLines: running.log.written.droppedLines,
        },
      };
    }),
  );
}
