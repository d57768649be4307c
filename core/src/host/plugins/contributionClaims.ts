import { CORE_SETTINGS } from '../settings/coreSettings';
import type { ManifestProblem } from './manifestProblem';
import type { InstalledPlugin, PluginRecord } from './pluginRecord';

/** The second of two plugins with the same id, command or words of the command line is refused, with the reason. */
export function withoutConflicts(records: readonly PluginRecord[]): PluginRecord[] {
  const own = CORE_SETTINGS.flatMap(({ properties }) => Object.keys(properties));
  const taken = new Map(own.map((key) => [`setting ${key}`, 'Diskwright itself']));
  return records.map((record) => {
    if (!record.plugin) return record;
    const claims = claimsOf(record.plugin);
    const problems = claims.flatMap(({ key, path, what }): ManifestProblem[] => {
      const owner = taken.get(key);
      return owner === undefined
        ? []
        : [{ path, message: `${what} is that of ${owner} already`, mend: 'Change it, or remove the other plugin.' }];
    });
    if (problems.length > 0) return { ...record, state: 'invalid', plugin: null, problems };
    for (const { key } of claims) taken.set(key, `the plugin ${record.id} in ${record.folder}`);
    return record;
  });
}

function claimsOf({ id, manifest }: InstalledPlugin): { key: string; path: string; what: string }[] {
  const {
    commands = [],
    filesystems = [],
    partitionTables = [],
    imageFormats = [],
    containers = [],
    views = [],
    settings = {},
  } = manifest.contributes;
  const at = 'diskwright.contributes';
  return [
    { key: `plugin ${id}`, path: 'name', what: `the id ${id}` },
    ...commands.map((command, index) => ({
      key: `command ${command.id}`,
      path: `${at}.commands[${index}].id`,
      what: `the command ${command.id}`,
    })),
    ...commands.flatMap(({ cli }, index) =>
      cli
        ? [
            {
              key: `cli ${cli.path.join(' ')}`,
              path: `${at}.commands[${index}].cli.path`,
              what: `"diskwright ${cli.path.join(' ')}"`,
            },
          ]
        : [],
    ),
    ...Object.keys(settings).map((key) => ({ key: `setting ${key}`, path: `${at}.settings.${key}`, what: `the setting ${key}` })),
    ...filesystems.map((filesystem, index) => ({
      key: `filesystem ${filesystem.id}`,
      path: `${at}.filesystems[${index}].id`,
      what: `the filesystem provider ${filesystem.id}`,
    })),
    ...partitionTables.map((table, index) => ({
      key: `table ${table.id}`,
      path: `${at}.partitionTables[${index}].id`,
      what: `the partition table provider ${table.id}`,
    })),
    ...views.map((view, index) => ({
      key: `view ${view.id}`,
      path: `${at}.views[${index}].id`,
      what: `the view ${view.id}`,
    })),
    ...imageFormats.map((format, index) => ({
      key: `image format ${format.id}`,
      path: `${at}.imageFormats[${index}].id`,
      what: `the image format provider ${format.id}`,
    })),
    ...containers.map((container, index) => ({
      key: `container ${container.id}`,
      path: `${at}.containers[${index}].id`,
      what: `the container provider ${container.id}`,
    })),
  ];
}
