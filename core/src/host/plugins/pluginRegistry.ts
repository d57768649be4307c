import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { CORE_SETTINGS } from '../settings/coreSettings';
import { ManifestIndex } from './manifestIndex';
import type { ManifestProblem } from './manifestProblem';
import type {
  Contributed,
  ContributedCommand,
  ContributedFilesystem,
  ContributedTable,
  InstalledPlugin,
  PluginRecord,
} from './pluginRecord';

export interface PluginRegistryOptions {
  /** Folders that hold one folder a plugin (`dist/plugins`); of plugins with the same id, the one in the earlier folder counts. */
  folders: string[];
  hostVersion: string;
  /** Where the index of manifests is kept; null: nowhere. */
  indexFile: string | null;
}

/** The plugins that are there, and what they contribute. Starts none of them. */
export class PluginRegistry {
  private disabled: ReadonlySet<string> = new Set();

  private constructor(private readonly all: PluginRecord[]) {}

  /** Finds and checks all packages. A broken one is listed with everything that is wrong with it; it does not stop the others. */
  static async load(options: PluginRegistryOptions): Promise<PluginRegistry> {
    const folders = (await Promise.all(options.folders.map(packageFolders))).flat();
    const index = await ManifestIndex.load(options.indexFile, options.hostVersion);
    const records = await Promise.all(folders.map((folder) => index.get(folder, () => readNow(folder, options.hostVersion))));
    await index.save(folders);
    return new PluginRegistry(withoutConflicts(records));
  }

  /** Every package found, good or bad, in the order of the folders and then of names. */
  list(): readonly PluginRecord[] {
    return this.all;
  }

  /** What these plugins contribute is left out from now on. Ids of plugins that are not there do no harm. */
  setDisabled(ids: Iterable<string>): void {
    this.disabled = new Set(ids);
  }

  /** Whether the user turned the plugin off. */
  isDisabled(id: string): boolean {
    return this.disabled.has(id);
  }

  /** A plugin that is whole; null when there is none. It may be disabled. */
  get(id: string): InstalledPlugin | null {
    return this.ready().find((plugin) => plugin.id === id) ?? null;
  }

  /** @throws InvalidInputError when there is no package of this id, good or bad */
  requireListed(id: string): void {
    if (this.all.some((record) => record.id === id)) return;
    const ids = this.all.map((record) => record.id);
    throw new InvalidInputError(`there is no plugin ${id}`, { todo: `There are: ${ids.join(', ')}.` });
  }

  commands(): ContributedCommand[] {
    return this.contributed(({ commands }) => commands);
  }

  filesystems(): ContributedFilesystem[] {
    return this.contributed(({ filesystems }) => filesystems);
  }

  partitionTables(): ContributedTable[] {
    return this.contributed(({ partitionTables }) => partitionTables);
  }

  private ready(): InstalledPlugin[] {
    return this.all.flatMap(({ plugin }) => plugin ?? []);
  }

  private contributed<C>(of: (contributes: InstalledPlugin['manifest']['contributes']) => C[] | undefined): Contributed<C>[] {
    const enabled = this.ready().filter(({ id }) => !this.disabled.has(id));
    return enabled.flatMap((plugin) => (of(plugin.manifest.contributes) ?? []).map((contribution) => ({ plugin, contribution })));
  }
}

/** The checks are loaded only when a package has changed: validators are the largest part of a start. */
async function readNow(folder: string, hostVersion: string): Promise<PluginRecord> {
  const { readPackage } = await import(/* webpackMode: "eager" */ './readPackage');
  return readPackage(folder, hostVersion);
}

async function packageFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => join(folder, name))
    .sort();
}

/** The second of two plugins with the same id, command or words of the command line is refused, with the reason. */
function withoutConflicts(records: PluginRecord[]): PluginRecord[] {
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
  const { commands = [], filesystems = [], partitionTables = [], settings = {} } = manifest.contributes;
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
  ];
}
