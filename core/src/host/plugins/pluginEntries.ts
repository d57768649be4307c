import type { PluginEntry } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { treeMemory } from '../sandbox/treeMemory';
import { limitsInWords } from './containment/limitsInWords';
import { limitsOf } from './containment/pluginLimits';
import { contributionsInWords } from './contributionsInWords';
import { addedCapabilities } from './grants/addedCapabilities';
import type { CapabilityGrants } from './grants/capabilityGrants';
import type { PluginGrant } from './grants/grantFile';
import type { PluginHost } from './pluginHost';
import type { PluginRecord } from './pluginRecord';
import type { PluginRegistry } from './pluginRegistry';
import type { WaitingVersion } from './store/pluginInstaller';
import { keyFingerprint } from './trust/vendorKey';

const MAX_NOTE_CHARACTERS = 4096;

/** Every plugin as the user manages them, with figures of those that run. */
export async function pluginEntries(
  { registry, supervisor, stops, capabilities }: PluginHost,
  devices: DeviceService,
): Promise<PluginEntry[]> {
  await capabilities.refresh();
  const records = new Map(registry.list().map((record) => [record.folder, record]));
  const states = supervisor.status();
  const bytesRead = await devices.bytesRead(states.map(({ id }) => supervisor.account(id)));
  const known = await stops?.read();
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
        note: stateNote(registry, records.get(folder)!),
        installed: installedFrom(registry, id, folder),
        capabilities: plugin?.manifest.capabilities ?? [],
        grants: !plugin || capabilities.isShipped(plugin) ? null : grantRows(capabilities.of(id)),
        waiting: waitingVersion(registry, capabilities, id),
        protection,
        contributes: plugin ? contributionsInWords(plugin.manifest) : [],
        crashes: plugin ? supervisor.crashesOf(id) : 0,
        lastStop: known?.get(id) ?? null,
        limits: limitsInWords(plugin ? limitsOf(plugin.manifest, supervisor.limits) : supervisor.limits),
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

/** A newer version that waits for what it asks for to be granted; null when none does. */
export function waitingVersion(registry: PluginRegistry, grants: CapabilityGrants, id: string): WaitingVersion | null {
  const waiting = registry.waiting(id);
  if (!waiting) return null;
  const { version, plugin } = waiting;
  return { version, asks: plugin ? addedCapabilities(registry.get(id), plugin.manifest, grants.of(id)) : [] };
}

/** A row for each capability, and of those of devices for each device. */
export function grantRows({ capabilities, devices }: PluginGrant): NonNullable<PluginEntry['grants']> {
  return [
    ...capabilities.map((capability) => ({ capability, device: null })),
    ...Object.entries(devices).flatMap(([key, { name, capabilities: ofDevice }]) =>
      ofDevice.map((capability) => ({ capability, device: { key, name } })),
    ),
  ];
}

/** Where the package came from; null for one that came with Diskwright. */
export function installedFrom(registry: PluginRegistry, id: string, folder: string): PluginEntry['installed'] {
  const stored = registry.stored(id);
  const builtIn = registry.builtIn(id);
  if (!stored?.current || builtIn?.folder === folder) return null;
  const { source, integrity, installedAt, publicKey } = stored.versions[stored.current]!;
  const signedBy = publicKey ? keyFingerprint(publicKey) : null;
  return { source, integrity, signedBy, installedAt, previous: stored.previous, builtIn: builtIn?.version ?? null };
}

/** What the user has to know of a plugin beside its state; null when nothing. */
export function stateNote(registry: PluginRegistry, { id, note }: PluginRecord): string | null {
  const notes = [note, registry.stored(id)?.note].filter((text) => text !== undefined && text !== null);
  return notes.length > 0 ? notes.join(' ').slice(0, MAX_NOTE_CHARACTERS) : null;
}
