import { rm } from 'node:fs/promises';
import { gt } from 'semver';
import { type DiskwrightError, FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import { HOST_VERSION } from '../hostVersion';
import { describeProblem } from '../manifestProblem';
import type { InstalledPlugin, PluginRecord } from '../pluginRecord';
import type { PluginRegistry } from '../pluginRegistry';
import { addedCapabilities } from '../grants/addedCapabilities';
import type { CapabilityGrants } from '../grants/capabilityGrants';
import type { PinFile } from '../trust/pinFile';
import { keyFingerprint } from '../trust/vendorKey';
import { type Verified, verifyPackage } from '../trust/verifyPackage';
import { fetchPackage, findInRegistry } from './loadPackages';
import type { PluginStore } from './pluginStore';
import type { StoredPlugin } from './storeIndex';

const MAX_VERSION_CHARACTERS = 64;
/** A version that crashes within so long after it came into use is left for the one before it. */
const JUST_UPDATED_MILLISECONDS = 60 * 60_000;

/** How installing, updating or going back ended. */
export interface Installed {
  id: string;
  /** In use now. */
  version: string;
  /** In use before; null when there was none. */
  previous: string | null;
  /** False when nothing was changed, since that version was in use already. */
  changed: boolean;
  /** What was installed but asks for more than the version in use, and is not used before that is granted; null: nothing waits. */
  waiting: WaitingVersion | null;
}

export interface WaitingVersion {
  version: string;
  /** Capabilities that neither the version in use asks for nor the user has granted. */
  asks: string[];
}

/** A package does not bear the key that its plugin was installed with before. */
export interface KeyChange {
  id: string;
  /** The fingerprint of the key that is known. */
  known: string;
  /** That of the key of the package; null for one that is not signed. */
  now: string | null;
}

export interface PluginInstallerOptions {
  store: PluginStore;
  registry: PluginRegistry;
  pins: PinFile;
  grants: Pick<CapabilityGrants, 'of' | 'refresh'>;
  /** Starts a plugin, lets it test itself, and ends it. @throws with the end of its log as details */
  probe(plugin: InstalledPlugin, signal?: AbortSignal): Promise<void>;
  /** What depends on a plugin's process now, in words: `job 20260101-… (Clone of …)`. */
  holdersOf(id: string): Promise<string[]>;
}

export interface InstallOptions {
  /** Where relative paths begin, and whose .npmrc counts beside the user's. */
  cwd: string;
  /** Is asked whether a package may bear another key than the one that is known of its vendor, or none; without it, it is refused. */
  agreeToKey?(change: KeyChange): Promise<boolean>;
  /** Is asked whether an update may have what it asks for besides; without it, the update waits. */
  agree?(waiting: WaitingVersion & { id: string }): Promise<boolean>;
  signal?: AbortSignal;
}

/** Installs plugins, updates them, goes back, and removes them. Nothing of it needs a restart: hosts that run follow the store. */
export class PluginInstaller {
  constructor(private readonly options: PluginInstallerOptions) {}

  /**
   * Fetches a package, checks it, tries it, and takes it into use.
   * @param source a .tgz file, a folder, or a name of the user's npm registry with or without a range
   * @throws RefusedError for a package that is not as it has to be, FailedError when it does not start; what was in use before stays in use then
   */
  async install(source: string, options: InstallOptions): Promise<Installed> {
    const { store, registry } = this.options;
    const staging = await store.stage();
    try {
      const fetched = await fetchPackage({ source, folder: staging, ...options });
      const { readPackage } = await import(/* webpackMode: "eager" */ '../readPackage');
      const record = await readPackage(fetched.folder, HOST_VERSION);
      requireUsable(record, source);
      const stored = await this.storedOf(record);
      requireUsable(registry.judge(record), source);
      const { id, version, name } = record;
      const { publicKey } = await this.verify(fetched.folder, id, options);
      const previous = stored?.current ?? registry.builtIn(id)?.version ?? null;
      const isUsed = stored?.current === version;
      if (!isUsed) await this.requireNoHolder(id, 'updated');
      await store.put({ ...fetched, id, version, name, publicKey });
      if (isUsed) {
        await store.discard(id, version);
        return { id, version, previous, changed: false, waiting: null };
      }
      const waiting = await this.waiting(record.plugin!, stored);
      if (waiting && !(await options.agree?.({ ...waiting, id })))
        return await this.letWait(record.plugin!, stored!, waiting, options.signal);
      return await this.takeIntoUse(id, version, previous, publicKey, options.signal);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /** Installs what the registry has for a plugin now. @throws InvalidInputError for one that did not come from a registry; as {@link install} */
  async update(id: string, options: InstallOptions): Promise<Installed> {
    const { store } = this.options;
    const { current, versions } = await this.requireStored(id);
    const { source } = versions[current!]!;
    if (!source.startsWith('npm:')) {
      throw new InvalidInputError(`${id} came from ${source}, which knows no newer versions`, {
        todo: 'Install the newer one: diskwright plugin install FILE',
      });
    }
    const staging = await store.stage();
    try {
      const { version } = await findInRegistry(source, options.cwd, staging, options.signal);
      if (!gt(version, current!)) return { id, version: current!, previous: current, changed: false, waiting: null };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return this.install(source, options);
  }

  /** Ids of the plugins that came from a registry. */
  async updatable(): Promise<string[]> {
    const { plugins } = await this.options.store.read();
    return Object.entries(plugins).flatMap(([id, { current, versions }]) =>
      current !== null && versions[current]?.source.startsWith('npm:') ? [id] : [],
    );
  }

  /**
   * Takes the version into use that waits, once all is granted that it asks for.
   * @returns null when none waits, or something is missing still
   * @throws RefusedError while a job needs the version in use, FailedError when the new one does not start
   */
  async useGranted(id: string, signal?: AbortSignal): Promise<Installed | null> {
    const { store } = this.options;
    const { plugins } = await store.read();
    const stored = Object.hasOwn(plugins, id) ? plugins[id]! : null;
    const version = stored?.waiting ?? null;
    if (!stored || version === null) return null;
    const { readPackage } = await import(/* webpackMode: "eager" */ '../readPackage');
    const record = this.options.registry.judge(await readPackage(store.folderOf(id, version), HOST_VERSION));
    requireUsable(record, `${id} ${version}`);
    if (await this.waiting(record.plugin!, stored)) return null;
    await this.requireNoHolder(id, 'updated');
    return this.takeIntoUse(id, version, stored.current, stored.versions[version]!.publicKey, signal);
  }

  /** Goes back to the version before. Doing so once more goes forward again. @throws InvalidInputError when there is none; FailedError when it does not start */
  async rollback(id: string, signal?: AbortSignal): Promise<Installed> {
    const { store } = this.options;
    const { current, previous } = await this.requireStored(id);
    if (current === null || previous === null) {
      throw new InvalidInputError(`there is no older version of ${id} to go back to`, {
        todo: this.options.registry.builtIn(id)
          ? `Remove it to have the one that came with Diskwright: diskwright plugin remove ${id}`
          : `Remove it, or turn it off: diskwright plugin disable ${id}`,
      });
    }
    await this.requireNoHolder(id, 'rolled back');
    const { readPackage } = await import(/* webpackMode: "eager" */ '../readPackage');
    const record = this.options.registry.judge(await readPackage(store.folderOf(id, previous), HOST_VERSION));
    requireUsable(record, `${id} ${previous}`);
    await this.try(record.plugin!, `${current} stays in use`, signal);
    const version = (await store.goBack(id, current, null)) ?? current;
    await this.options.registry.reload();
    return { id, version, previous: current, changed: version !== current, waiting: null };
  }

  /**
   * Takes a plugin away with all its versions.
   * @returns the version that came with Diskwright and is in use again; null when there is none
   * @throws InvalidInputError for one that comes with Diskwright
   */
  async remove(id: string): Promise<string | null> {
    const { store, registry } = this.options;
    const { plugins } = await store.read();
    const builtIn = registry.builtIn(id);
    if (!Object.hasOwn(plugins, id)) {
      if (!builtIn) registry.requireListed(id);
      throw new InvalidInputError(`${id} comes with Diskwright and cannot be removed`, {
        todo: `Turn it off: diskwright plugin disable ${id}`,
      });
    }
    await this.requireNoHolder(id, 'removed');
    await store.remove(id);
    await registry.reload();
    return builtIn?.version ?? null;
  }

  /** A plugin crashes again and again: it goes back to the version before, if it was updated a moment ago. */
  async leaveCrashing({ id, version }: InstalledPlugin, reason: string): Promise<void> {
    const { store, registry } = this.options;
    const stored = registry.stored(id);
    if (stored?.current !== version || stored.previous === null || stored.switchedAt === null) return;
    if (Date.now() - Date.parse(stored.switchedAt) > JUST_UPDATED_MILLISECONDS) return;
    await store.goBack(id, version, `Version ${version} was left for ${stored.previous}: ${reason}.`);
    await registry.reload();
  }

  private async takeIntoUse(
    id: string,
    version: string,
    previous: string | null,
    publicKey: string | null,
    signal?: AbortSignal,
  ): Promise<Installed> {
    const { store, registry, pins } = this.options;
    try {
      await this.tryStored(id, version, previous === null ? 'it is not installed' : `${previous} stays in use`, signal);
      // First the key: cut in between, it is pinned for nothing, and never is a plugin in use whose key is not.
      await pins.pin(id, publicKey);
      await store.use(id, version);
    } catch (error) {
      await store.discard(id, version);
      throw error;
    }
    await registry.reload();
    return { id, version, previous, changed: true, waiting: null };
  }

  /** What an update asks for that neither the version in use does nor the user has granted; null when nothing. */
  private async waiting({ id, version, manifest }: InstalledPlugin, stored: StoredPlugin | null): Promise<WaitingVersion | null> {
    if (!stored?.current) return null;
    await this.options.grants.refresh();
    const { readPackage } = await import(/* webpackMode: "eager" */ '../readPackage');
    const used = await readPackage(this.options.store.folderOf(id, stored.current), HOST_VERSION);
    const asks = addedCapabilities(used.plugin, manifest, this.options.grants.of(id));
    return asks.length > 0 ? { version, asks } : null;
  }

  /** Tries a version that is not to be used yet: one that does not work is told of at once. */
  private async letWait(
    { id, version }: InstalledPlugin,
    { current, previous }: StoredPlugin,
    waiting: WaitingVersion,
    signal?: AbortSignal,
  ): Promise<Installed> {
    const { store, registry } = this.options;
    try {
      await this.tryStored(id, version, `${current!} stays in use`, signal);
      await store.wait(id, version);
    } catch (error) {
      await store.discard(id, version);
      throw error;
    }
    await registry.reload();
    return { id, version: current!, previous, changed: false, waiting };
  }

  private async tryStored(id: string, version: string, consequence: string, signal?: AbortSignal): Promise<void> {
    const { readPackage } = await import(/* webpackMode: "eager" */ '../readPackage');
    const { plugin } = await readPackage(this.options.store.folderOf(id, version), HOST_VERSION);
    if (!plugin) throw new FailedError(`${id} ${version} cannot be read`);
    await this.try(plugin, consequence, signal);
  }

  /** @throws RefusedError for a signature that is wrong, or a key that is not the one that is known without the user's consent */
  private async verify(folder: string, id: string, { agreeToKey }: InstallOptions): Promise<Verified> {
    const pins = await this.options.pins.read();
    const verified = await verifyPackage(folder, id, pins);
    if (verified.trust !== 'changed') return verified;
    const { publicKey } = verified;
    const change = { id, known: keyFingerprint(pins[id]!), now: publicKey === null ? null : keyFingerprint(publicKey) };
    if (await agreeToKey?.(change)) return verified;
    const now = change.now === null ? 'it is not signed' : `it is signed with another key, ${change.now}`;
    throw new RefusedError(`${id} is refused: it was installed with the key ${change.known} before, and now ${now}`, {
      todo: 'Ask its vendor whether that is right. If so, install it with --accept-new-key.',
    });
  }

  private async try(plugin: InstalledPlugin, consequence: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.options.probe(plugin, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const { message, detail } = error as DiskwrightError;
      throw new FailedError(`${plugin.id} ${plugin.version} does not work here, so ${consequence}: ${message}`, detail);
    }
  }

  /** What the store has under the id of a package. @throws RefusedError when the id is that of a package of another name */
  private async storedOf({ id, name }: PluginRecord): Promise<StoredPlugin | null> {
    const { plugins } = await this.options.store.read();
    const stored = Object.hasOwn(plugins, id) ? plugins[id]! : null;
    const owner = stored?.name ?? this.options.registry.builtIn(id)?.name;
    if (owner === undefined || owner === name) return stored;
    throw new RefusedError(`the id ${id} of ${name} is that of ${owner}, which is there already`);
  }

  private async requireStored(id: string): Promise<StoredPlugin> {
    const { plugins } = await this.options.store.read();
    if (Object.hasOwn(plugins, id) && plugins[id]!.current !== null) return plugins[id]!;
    this.options.registry.requireListed(id);
    throw new InvalidInputError(`${id} comes with Diskwright, in one version`, {
      todo: 'A newer one of it can be installed: diskwright plugin install FILE',
    });
  }

  private async requireNoHolder(id: string, done: string): Promise<void> {
    const holders = await this.options.holdersOf(id);
    if (holders.length === 0) return;
    throw new RefusedError(`${id} cannot be ${done} now: ${holders.join(', ')} needs it`, {
      todo: 'Try again when that has ended.',
    });
  }
}

/** @throws RefusedError with everything that is wrong with the package */
function requireUsable({ id, name, version, plugin, problems }: PluginRecord, source: string): void {
  if (plugin && version.length <= MAX_VERSION_CHARACTERS) return;
  const what = name === '' ? `the package ${source}` : `${id} ${version.slice(0, MAX_VERSION_CHARACTERS)}`;
  const details = plugin ? [`its version has more than ${MAX_VERSION_CHARACTERS} characters`] : problems.map(describeProblem);
  throw new RefusedError(`${what} is refused`, { details });
}
