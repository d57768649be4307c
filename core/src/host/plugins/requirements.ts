import { satisfies, validRange } from 'semver';
import { FailedError } from '@diskwright/sdk/errors';
import type { ManifestProblem } from './manifestProblem';
import { pluginProgram } from './pluginProgram';
import type { InstalledPlugin, PluginRecord } from './pluginRecord';

/** Services by kind: any plugin that contributes one provides it, by the contract of the running Diskwright. */
const KINDS: Readonly<Record<string, (plugin: InstalledPlugin) => boolean>> = {
  command: ({ manifest }) => (manifest.contributes.commands ?? []).length > 0,
  container: ({ manifest }) => (manifest.contributes.containers ?? []).length > 0,
  filesystem: ({ manifest }) => (manifest.contributes.filesystems ?? []).length > 0,
  imageFormat: ({ manifest }) => (manifest.contributes.imageFormats ?? []).length > 0,
  partitionTable: ({ manifest }) => (manifest.contributes.partitionTables ?? []).length > 0,
};

/**
 * Puts aside the plugins whose `requires` is not met by the others, or whose interpreter is not installed, with the reasons; and those that need them, and so on. Those that need each other
 * stay. A service is a kind of contribution, of the version of Diskwright; or the id of a plugin or of a contribution, of the version of that plugin.
 * @param isUsed whether a plugin may be used, such as not turned off by the user
 */
export function withRequirements(
  records: readonly PluginRecord[],
  hostVersion: string,
  isUsed: (id: string) => boolean,
): PluginRecord[] {
  const usable = (all: readonly PluginRecord[]): InstalledPlugin[] =>
    all.flatMap(({ plugin }) => (plugin && isUsed(plugin.id) ? [plugin] : []));
  let current = [...records];
  for (;;) {
    const plugins = usable(current);
    const next = current.map((record): PluginRecord => {
      const problems = record.plugin ? [...missingProgram(record.plugin), ...unmet(record.plugin, plugins, hostVersion)] : [];
      return problems.length === 0 ? record : { ...record, state: 'inactive', plugin: null, problems };
    });
    if (next.every(({ state }, index) => state === current[index]!.state)) return next;
    current = next;
  }
}

/** What is to run a plugin in another language is not part of its package. */
function missingProgram({ folder, manifest: { command } }: InstalledPlugin): ManifestProblem[] {
  if (command === undefined) return [];
  try {
    pluginProgram(folder, command);
    return [];
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    return [{ path: 'diskwright.command', message: error.message, mend: error.detail.todo ?? '' }];
  }
}

function unmet({ id, manifest }: InstalledPlugin, plugins: InstalledPlugin[], hostVersion: string): ManifestProblem[] {
  return (manifest.requires ?? []).flatMap(({ service, range }, index): ManifestProblem[] => {
    const path = `diskwright.requires[${index}]`;
    if (validRange(range) === null)
      return [{ path, message: `"${range}" is no version range`, mend: 'Write a range such as "^1.2".' }];
    const others = plugins.filter((plugin) => plugin.id !== id);
    const versions = versionsOf(service, others, hostVersion);
    if (versions.some((version) => satisfies(version, range, { includePrerelease: true }))) return [];
    const there = versions.length === 0 ? 'no plugin in use provides it' : `there is ${versions.join(', ')}`;
    return [
      {
        path,
        message: `it needs ${service} ${range}, and ${there}`,
        mend: 'Install or enable a plugin that provides it; this one is then used by itself.',
      },
    ];
  });
}

function versionsOf(service: string, plugins: InstalledPlugin[], hostVersion: string): string[] {
  const kind = Object.hasOwn(KINDS, service) ? KINDS[service] : undefined;
  if (kind) return plugins.some(kind) ? [hostVersion] : [];
  return plugins.filter((plugin) => plugin.id === service || contributes(plugin, service)).map(({ version }) => version);
}

function contributes({ manifest: { contributes: of } }: InstalledPlugin, id: string): boolean {
  const { commands = [], filesystems = [], partitionTables = [], imageFormats = [], containers = [] } = of;
  return [...commands, ...filesystems, ...partitionTables, ...imageFormats, ...containers].some((each) => each.id === id);
}
