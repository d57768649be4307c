import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { type Disposable, Listeners } from '../listeners';
import { withoutConflicts } from './contributionClaims';
import { buildOf } from './linkedPlugins';
import { ManifestIndex } from './manifestIndex';
import { describeProblem } from './manifestProblem';
import type {
  Contributed,
  ContributedCommand,
  ContributedContainer,
  ContributedFilesystem,
  ContributedImageFormat,
  ContributedTable,
  ContributedView,
  InstalledPlugin,
  PluginRecord,
} from './pluginRecord';
import { withRequirements } from './requirements';
import { type Block, blockOf, readBlockFile, withBlocks } from './store/blockList';
import { readStoreIndex, type StoredPlugin, type StoreIndex, versionFolder } from './store/storeIndex';

export interface PluginRegistryOptions {
  /** Folders that hold one folder a plugin (`dist/plugins`); of plugins with the same id, the one in the earlier folder counts. */
  folders: string[];
  /** A folder as those, of plugins that their authors work on: of the same id, they count before all others. None unless given. */
  linked?: string;
  /** The folder of installed plugins, which need not exist; of the same id, they count before those of `folders`. None unless given. */
  store?: string;
  /** Ids of plugins that are left out at this start, as if they were turned off. */
  without?: Iterable<string>;
  hostVersion: string;
  /** Where the index of manifests is kept; null: nowhere. */
  indexFile: string | null;
}

/** What lies on the disk. */
interface Found {
  linked: PluginRecord[];
  /** Of `folders`. */
  fixed: PluginRecord[];
  /** Of the store, the versions in use. */
  installed: PluginRecord[];
  /** Of the store, versions that wait for a grant. */
  waiting: PluginRecord[];
  index: StoreIndex;
  /** Of the file beside the installed plugins. */
  blocks: Block[];
  /** Why nothing of the store can be used; null when it can. */
  storeProblem: string | null;
}

/** The plugins that are there, and what they contribute. Starts none of them. */
export class PluginRegistry {
  private disabled: ReadonlySet<string> = new Set();
  private readonly without: ReadonlySet<string>;
  private readonly changed = new Listeners();
  private blocks: readonly Block[] = [];
  private all: PluginRecord[] = [];
  private reloading: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: PluginRegistryOptions,
    private found: Found,
  ) {
    this.without = new Set(options.without);
    this.arrange();
  }

  /** Finds and checks all packages. A broken one is listed with everything that is wrong with it; it does not stop the others. */
  static async load(options: PluginRegistryOptions): Promise<PluginRegistry> {
    return new PluginRegistry(options, await find(options));
  }

  /** Looks anew at what is installed, and tells when it is not the same. */
  reload(): Promise<void> {
    // One after the other, so that the last look is the one that counts.
    this.reloading = this.reloading.then(() => this.reloadNow());
    return this.reloading;
  }

  /** Is told when plugins came, went, or have another version. */
  onChanged(listener: () => void): Disposable {
    return this.changed.add(listener);
  }

  /** Every package in use, good or bad, in the order of the folders and then of names. */
  list(): readonly PluginRecord[] {
    return this.all;
  }

  /** Whether installed and linked plugins are looked for at all. */
  get followsStore(): boolean {
    return this.options.store !== undefined;
  }

  /** Why no installed plugin can be used; null when they can. */
  get storeProblem(): string | null {
    return this.found.storeProblem;
  }

  /** What the store knows of a plugin; null for one that comes with Diskwright. */
  stored(id: string): StoredPlugin | null {
    return Object.hasOwn(this.found.index.plugins, id) ? this.found.index.plugins[id]! : null;
  }

  /** The version of a plugin that waits for what it asks for to be granted; null when none does. */
  waiting(id: string): PluginRecord | null {
    return this.found.waiting.find((record) => record.id === id) ?? null;
  }

  /** The package of this id that comes with Diskwright, also where an installed one counts before it. */
  builtIn(id: string): PluginRecord | null {
    return this.found.fixed.find((record) => record.id === id) ?? null;
  }

  /** What would become of a package in the place of the one of its id: with the problems that it has beside all others. */
  judge(candidate: PluginRecord): PluginRecord {
    const others = this.found.installed.filter(({ id }) => id !== candidate.id);
    const fixed = this.found.fixed.filter(({ id }) => id !== candidate.id);
    // The last one: where two claim the same, it is the newcomer that has to give way.
    const arranged = withRequirements(
      withoutConflicts([
        ...merged(this.unblocked(this.found.linked), this.unblocked(fixed), this.unblocked(others)),
        ...this.unblocked([candidate]),
      ]),
      this.options.hostVersion,
      (id) => id === candidate.id || !this.isDisabled(id),
    );
    return arranged.at(-1)!;
  }

  /** What these plugins contribute is left out from now on. Ids of plugins that are not there do no harm. */
  setDisabled(ids: Iterable<string>): void {
    this.disabled = new Set(ids);
    const before = this.all;
    this.arrange();
    // Others may need them, or have been waiting for them.
    if (this.all.some(({ state }, index) => state !== before[index]?.state)) this.changed.tell();
  }

  /** What the user does not let start, beside what the file in the store says. */
  setBlocked(blocks: readonly Block[]): void {
    if (JSON.stringify(blocks) === JSON.stringify(this.blocks)) return;
    this.blocks = blocks;
    this.arrange();
    this.changed.tell();
  }

  /** Why a version may not run, a sentence; null when it may. */
  blockReason(plugin: { id: string; version: string }): string | null {
    const block = blockOf(this.allBlocks, plugin);
    return block && `version ${plugin.version} is blocked: ${block.reason}`;
  }

  /** Whether the user turned the plugin off, or left it out at this start. */
  isDisabled(id: string): boolean {
    return this.disabled.has(id) || this.without.has(id);
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

  imageFormats(): ContributedImageFormat[] {
    return this.contributed(({ imageFormats }) => imageFormats);
  }

  containers(): ContributedContainer[] {
    return this.contributed(({ containers }) => containers);
  }

  views(): ContributedView[] {
    return this.contributed(({ views }) => views);
  }

  private async reloadNow(): Promise<void> {
    const before = JSON.stringify(this.found);
    const found = await find(this.options);
    if (JSON.stringify(found) === before) return;
    this.found = found;
    this.arrange();
    this.changed.tell();
  }

  private arrange(): void {
    const { linked, fixed, installed } = this.found;
    this.all = withRequirements(
      withoutConflicts(merged(this.unblocked(linked), this.unblocked(fixed), this.unblocked(installed))),
      this.options.hostVersion,
      (id) => !this.isDisabled(id),
    );
  }

  private get allBlocks(): readonly Block[] {
    return [...this.found.blocks, ...this.blocks];
  }

  private unblocked(records: readonly PluginRecord[]): PluginRecord[] {
    return withBlocks(records, this.allBlocks);
  }

  private ready(): InstalledPlugin[] {
    return this.all.flatMap(({ plugin }) => plugin ?? []);
  }

  private contributed<C>(of: (contributes: InstalledPlugin['manifest']['contributes']) => C[] | undefined): Contributed<C>[] {
    const enabled = this.ready().filter(({ id }) => !this.isDisabled(id));
    return enabled.flatMap((plugin) => (of(plugin.manifest.contributes) ?? []).map((contribution) => ({ plugin, contribution })));
  }
}

async function find(options: PluginRegistryOptions): Promise<Found> {
  const { store, hostVersion } = options;
  const empty: StoreIndex = { format: 1, plugins: {} };
  let storeProblem: string | null = null;
  const withoutStore = (error: Error): StoreIndex => {
    storeProblem = error.message;
    return empty;
  };
  const withoutList = (error: Error): null => {
    storeProblem = error.message;
    return null;
  };
  const [manifests, stored, blocks, links, folders] = await Promise.all([
    ManifestIndex.load(options.indexFile, hostVersion),
    // What is installed must not keep the rest from working.
    store === undefined ? empty : readStoreIndex(store).catch(withoutStore),
    store === undefined ? [] : readBlockFile(store).catch(withoutList),
    options.linked === undefined ? [] : packageFolders(options.linked),
    Promise.all(options.folders.map(packageFolders)).then((each) => each.flat()),
  ]);
  const index = blocks ? stored : empty;
  const inStore = (of: 'current' | 'waiting'): { id: string; folder: string }[] =>
    Object.entries(index.plugins).flatMap(([id, plugin]) => {
      const version = plugin[of] ?? null;
      return version === null ? [] : [{ id, folder: versionFolder(store!, id, version) }];
    });
  const [used, awaited] = [inStore('current'), inStore('waiting')];
  const read = (folder: string): Promise<PluginRecord> => manifests.get(folder, () => readNow(folder, hostVersion));
  // A package that can no longer be read still is the one of its id, so that it can be removed.
  const readStored = ({ id, folder }: { id: string; folder: string }): Promise<PluginRecord> =>
    read(folder).then((record) => ({ ...record, id, folder }));
  const [linked, fixed, installed, waiting] = await Promise.all([
    Promise.all(links.map(async (link) => withBuild(await read(link), await buildOf(link)))),
    Promise.all(folders.map(read)),
    Promise.all(used.map(readStored)),
    Promise.all(awaited.map(readStored)),
  ]);
  await manifests.save([...links, ...folders, ...[...used, ...awaited].map(({ folder }) => folder)]);
  return {
    linked,
    fixed,
    installed: installed.sort((a, b) => (a.id < b.id ? -1 : 1)),
    waiting,
    index,
    blocks: blocks ?? [],
    storeProblem,
  };
}

/** A linked package with the build that hosts are to use. */
function withBuild(record: PluginRecord, build: string): PluginRecord {
  return { ...record, plugin: record.plugin && { ...record.plugin, build } };
}

/** A linked package takes the place of all others of its id. An installed package takes the place of the one that comes with Diskwright, unless it cannot be used and that one can. */
function merged(
  linked: readonly PluginRecord[],
  allFixed: readonly PluginRecord[],
  allInstalled: readonly PluginRecord[],
): PluginRecord[] {
  const isFree = ({ id }: PluginRecord): boolean => !linked.some((record) => record.id === id);
  const [fixed, installed] = [allFixed.filter(isFree), allInstalled.filter(isFree)];
  const replaced = fixed.map((record): PluginRecord => {
    const replacement = installed.find(({ id }) => id === record.id);
    if (!replacement) return record;
    if (replacement.plugin || !record.plugin) return replacement;
    const why = replacement.problems.map(describeProblem).join(' ');
    return { ...record, note: `The installed version ${replacement.version} cannot be used: ${why}` };
  });
  return [...linked, ...replaced, ...installed.filter(({ id }) => !fixed.some((record) => record.id === id))];
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
