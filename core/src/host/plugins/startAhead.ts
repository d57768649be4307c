import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { namesDevice } from '../../common/commands/namesDevice';
import type { SandboxedLauncher } from './pluginLauncher';
import type { PluginRegistry } from './pluginRegistry';
import type { RecentProviders } from './recentProviders';

/** What a host was made for, as far as a command line tells before it is looked at closely. */
export interface ExpectedUse {
  /** The words of a command that plugins may contribute, such as `clone`, `disk`; more may follow. */
  words: readonly string[];
  /** A device will be looked at. */
  opensDevices: boolean;
}

/**
 * Starts plugins beside the sector service: the one whose command it is, and what reading the named devices took the last time. Of devices that were never
 * seen that is guessed: what reads images whose names end like theirs, tables unless whole devices are named, and the filesystems that were needed last.
 */
export function startAhead(
  registry: PluginRegistry,
  recent: RecentProviders,
  launcher: SandboxedLauncher,
  { words, opensDevices }: ExpectedUse,
): void {
  const command = registry
    .commands()
    .find(({ contribution: { cli } }) => cli?.path.every((word, index) => word === words[index]));
  const looksAtDevices = opensDevices || Object.values(command?.contribution.input.properties ?? {}).some(namesDevice);
  const devices = devicesAmong(words);
  const needed = looksAtDevices ? (recent.neededBy(devices) ?? guessed(devices, registry, recent)) : [];
  // The command's own is needed last.
  const plugins = new Set([...needed.flatMap((id) => registry.get(id) ?? []), ...(command ? [command.plugin] : [])]);
  for (const plugin of plugins) launcher.startAhead(plugin);
}

/** The words that name devices, absolute, with the partition but without the path on it. Any other file may be among them. */
export function devicesAmong(words: readonly string[]): string[] {
  const named = words.flatMap((word) => /^(.+#\d{1,9})(?::\/.*|@.*)?$/s.exec(word)?.[1] ?? (existsSync(word) ? [word] : []));
  return [...new Set(named.map((name) => resolve(name)))];
}

/** Ids of what reads devices, images and volumes, and runs now: of those the next look at the same devices will be in need. */
export function providersAmong(running: readonly string[], registry: PluginRegistry): string[] {
  const providers = [
    ...registry.partitionTables(),
    ...registry.filesystems(),
    ...registry.containers(),
    ...registry.imageFormats(),
  ].map(({ plugin }) => plugin.id);
  return running.filter((id) => providers.includes(id));
}

function guessed(devices: readonly string[], registry: PluginRegistry, recent: RecentProviders): string[] {
  const names = devices.map((device) => device.replace(/#.*$/s, '').toLowerCase());
  const isNamedLike = (endings: readonly string[] = []): boolean =>
    endings.some((ending) => names.some((name) => name.endsWith(`.${ending}`)));
  const formats = registry.imageFormats().filter(({ contribution }) => isNamedLike(contribution.extensions));
  const areWhole = devices.length > 0 && devices.every((device) => /#0/.test(device) && !/#[1-9]/.test(device));
  const filesystems = registry.filesystems().filter(({ plugin }) => recent.newest.includes(plugin.id));
  return [...formats, ...(areWhole ? [] : registry.partitionTables()), ...filesystems].map(({ plugin }) => plugin.id);
}
