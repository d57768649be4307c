import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError, RefusedError } from '@diskwright/sdk/errors';
import { makeFolder } from '../../../common/files/makeFolder';
import { isProcessAlive } from '../../../common/processes/isProcessAlive';
import { flushFolder } from '../../files/flushFolder';
import { replaceFile } from '../../files/replaceFile';
import { ensureFolder } from '../../paths';
import { withFileLock } from '../../settings/fileLock';
import { BLOCK_FILE } from './blockList';
import { INDEX_FILE, readStoreIndex, type StoredPlugin, type StoredVersion, type StoreIndex, versionFolder } from './storeIndex';

/** What is being fetched, and what is being thrown away: `<pid>.<random>`. Names that begin with a dot are no ids of plugins. */
const STAGING = '.staging';

/** A version that is to be put into the store. */
export interface NewVersion {
  id: string;
  version: string;
  /** The package's name. */
  name: string;
  /** Where it lies now: in a folder of {@link PluginStore.stage}. */
  folder: string;
  content: string;
  integrity: string | null;
  source: string;
  publicKey: string | null;
}

/**
 * The installed plugins: `<id>/<version>/`, which never change, and an index of which are in use. Whatever is changed is made beside its place, flushed and
 * renamed, the index last and under a lock: at each moment, and after each cut, the store is as before or as after. What a cut leaves behind is taken
 * away with the next change.
 */
export class PluginStore {
  /** @param folder absolute; made with the first change */
  constructor(private readonly folder: string) {}

  read(): Promise<StoreIndex> {
    return readStoreIndex(this.folder);
  }

  folderOf(id: string, version: string): string {
    return versionFolder(this.folder, id, version);
  }

  /** An empty folder to fetch into, on the same file system; the caller's to remove. What a process leaves there is taken away after its end. */
  async stage(): Promise<string> {
    ensureFolder(this.folder);
    const folder = join(ensureFolder(this.folder, STAGING), `${process.pid}.${randomBytes(6).toString('hex')}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** Puts a version beside those that are there, to be tried. One with the same content is there already: then nothing happens. */
  put(added: NewVersion): Promise<void> {
    const { id, version, name, content, integrity, source, publicKey } = added;
    return this.change(async (plugins) => {
      const plugin = plugins[id] ?? newPlugin(name);
      plugins[id] = plugin;
      const known = plugin.versions[version];
      if (known && known.content !== content) {
        throw new RefusedError(`${id} ${version} is installed already, with another content`, {
          todo: `Give the package another version, or remove the old one first: diskwright plugin remove ${id}`,
        });
      }
      plugin.candidates[version] = process.pid;
      if (known) return;
      makeFolder(join(this.folder, id), 0o755);
      await rename(added.folder, this.folderOf(id, version));
      await flushFolder(join(this.folder, id));
      plugin.versions[version] = { content, integrity, source, installedAt: new Date().toISOString(), publicKey };
    });
  }

  /** Takes a version into use. The one before it is kept; older ones go. */
  use(id: string, version: string, note: string | null = null): Promise<void> {
    return this.change(async (plugins) => {
      const plugin = plugins[id];
      if (!plugin?.versions[version]) throw new FailedError(`${id} ${version} was removed while it was tried`);
      if (plugin.current !== version) {
        plugin.previous = plugin.current;
        plugin.current = version;
        plugin.switchedAt = new Date().toISOString();
      }
      delete plugin.candidates[version];
      plugin.waiting = null;
      plugin.note = note;
      keepUsed(plugin);
    });
  }

  /** Keeps a version beside the one in use until the user grants what it asks for. */
  wait(id: string, version: string): Promise<void> {
    return this.change(async (plugins) => {
      const plugin = plugins[id];
      if (!plugin?.versions[version]) throw new FailedError(`${id} ${version} was removed while it was tried`);
      delete plugin.candidates[version];
      plugin.waiting = version;
      keepUsed(plugin);
    });
  }

  /** Takes away a version that was tried and is not in use. */
  discard(id: string, version: string): Promise<void> {
    return this.change(async (plugins) => {
      const plugin = plugins[id];
      if (!plugin) return;
      delete plugin.candidates[version];
      if (plugin.waiting === version) plugin.waiting = null;
      keepUsed(plugin);
      if (isEmpty(plugin)) delete plugins[id];
    });
  }

  /**
   * Goes back from one version to the one before it, unless another has come into use meanwhile.
   * @returns the version that is in use then, null when there was none to go back to
   */
  async goBack(id: string, from: string, note: string | null): Promise<string | null> {
    let back: string | null = null;
    await this.change(async (plugins) => {
      const plugin = plugins[id];
      if (plugin?.current !== from || plugin.previous === null) return;
      back = plugin.previous;
      [plugin.current, plugin.previous] = [plugin.previous, plugin.current];
      plugin.switchedAt = null;
      plugin.note = note;
    });
    return back;
  }

  /** Takes away a plugin with all its versions. */
  remove(id: string): Promise<void> {
    return this.change(async (plugins) => void delete plugins[id]);
  }

  /** Takes away what was left behind by processes that have ended. Nothing happens where nothing was ever installed. */
  async clean(): Promise<void> {
    if (await this.hasLeftovers()) await this.change(async () => undefined);
  }

  private async hasLeftovers(): Promise<boolean> {
    const list = (...parts: string[]): Promise<string[]> => readdir(join(this.folder, ...parts)).catch(() => []);
    const [{ plugins }, names, staged] = await Promise.all([this.read(), list(), list(STAGING)]);
    if (staged.length > 0) return true;
    const ids = names.filter(isId);
    const versions = await Promise.all(ids.map((id) => list(id)));
    return ids.some((id, index) => versions[index]!.some((version) => !plugins[id]?.versions[version]));
  }

  private async change(update: (plugins: Record<string, StoredPlugin>) => Promise<void>): Promise<void> {
    ensureFolder(this.folder);
    const path = join(this.folder, INDEX_FILE);
    await withFileLock(path, async () => {
      const index = await readStoreIndex(this.folder);
      const before = JSON.stringify(index);
      // Ids come from packages: none is to be found on the prototype.
      const plugins = Object.assign(Object.create(null) as Record<string, StoredPlugin>, index.plugins);
      forgetDeadCandidates(plugins);
      await update(plugins);
      const after = JSON.stringify({ format: 1, plugins } satisfies StoreIndex);
      if (after !== before) {
        await replaceFile(path, after, { flush: true });
        await flushFolder(this.folder);
      }
      await this.sweep(plugins);
    });
  }

  /** Takes away every folder that is not in the index, and what dead processes have staged. A folder is moved aside at once, and then taken apart. */
  private async sweep(plugins: Record<string, StoredPlugin>): Promise<void> {
    const staging = ensureFolder(this.folder, STAGING);
    for (const id of (await readdir(this.folder)).filter(isId)) {
      const versions = plugins[id]?.versions ?? {};
      for (const version of await readdir(join(this.folder, id)).catch(() => []))
        if (!versions[version]) await this.throwAway(this.folderOf(id, version), staging);
      if (!plugins[id]) await this.throwAway(join(this.folder, id), staging);
    }
    for (const name of await readdir(staging))
      if (!isProcessAlive(Number(name.split('.', 1)[0]))) await rm(join(staging, name), { recursive: true, force: true });
  }

  private async throwAway(path: string, staging: string): Promise<void> {
    const aside = join(staging, `${process.pid}.${randomBytes(6).toString('hex')}`);
    await rename(path, aside);
    await rm(aside, { recursive: true, force: true });
  }
}

/** Not the store's own files. */
const isId = (name: string): boolean => !name.startsWith('.') && name !== BLOCK_FILE;

function newPlugin(name: string): StoredPlugin {
  return { name, current: null, previous: null, waiting: null, switchedAt: null, versions: {}, candidates: {}, note: null };
}

/** What was being tried when its process ended is not known to work. */
function forgetDeadCandidates(plugins: Record<string, StoredPlugin>): void {
  for (const [id, plugin] of Object.entries(plugins)) {
    const dead = Object.entries(plugin.candidates).filter(([, pid]) => !isProcessAlive(pid));
    for (const [version] of dead) delete plugin.candidates[version];
    if (dead.length > 0) keepUsed(plugin);
    if (isEmpty(plugin)) delete plugins[id];
  }
}

const isEmpty = ({ current, candidates }: StoredPlugin): boolean => current === null && Object.keys(candidates).length === 0;

/** The version in use, the one before it, the one that waits, and those that are being tried stay. */
function keepUsed(plugin: StoredPlugin): void {
  const kept = [plugin.current, plugin.previous, plugin.waiting, ...Object.keys(plugin.candidates)];
  const versions = Object.entries(plugin.versions).filter(([version]) => kept.includes(version));
  plugin.versions = Object.fromEntries<StoredVersion>(versions);
}
