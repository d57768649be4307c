import { FailedError, InvalidInputError, RefusedError } from '@diskwright/sdk/errors';
import type { PluginProtocol } from '@diskwright/sdk/protocol';
import type { PeerHandlers } from '@diskwright/sdk/rpc';
import { type Disposable, Listeners } from '../listeners';
import type { LeaseAccount } from '../providers/deviceAccess';
import { describeSandbox } from '../sandbox';
import { type PluginLimits, PLUGIN_LIMITS } from './containment/pluginLimits';
import type { PluginStop } from './containment/pluginStops';
import { CrashHistory } from './crashHistory';
import { describeProblem } from './manifestProblem';
import type { PluginLauncher } from './pluginLauncher';
import { type LogLine, PluginLog } from './pluginLog';
import { disabledError, PluginProcess } from './pluginProcess';
import type { InstalledPlugin } from './pluginRecord';
import type { PluginRegistry } from './pluginRegistry';
import { CRASH_LIMIT, PLUGIN_TIMINGS, type PluginTimings } from './pluginTimings';

export interface PluginSupervisorOptions {
  registry: PluginRegistry;
  launcher: PluginLauncher;
  /** Answers to what plugins ask of the host. */
  handlersFor(process: PluginProcess): PeerHandlers<PluginProtocol>;
  timings?: Partial<PluginTimings>;
  /** The user's word on `timings.idle`; asked for each time. */
  idleMilliseconds?(): number;
  /** What a plugin may take; asked for at each start. */
  limits?(): PluginLimits;
  /** The plugin that a debugger may hold, for as long as it likes: it is neither taken for hung nor ended as idle. */
  inspected?: string | null;
  /** Is told each time a process ended that nobody had asked to. */
  onStopped?(stop: PluginStop): void;
  /** Is told of a plugin that has crashed too often and is disabled therefore. */
  onDisabled?(plugin: InstalledPlugin, reason: string): void;
  /** Is told every line of every plugin's log. */
  onLogLine?(pluginId: string, line: LogLine): void;
}

/** What a user is told of a plugin. */
export interface PluginStatus {
  id: string;
  version: string;
  folder: string;
  state: 'running' | 'stopped' | 'disabled' | 'invalid' | 'incompatible' | 'inactive' | 'blocked';
  /** What is wrong with the package, or why the plugin is disabled. */
  problems: string[];
  /** How its process is protected, in sentences; empty when none runs. */
  protection: string[];
}

const HELD_BY_DEBUGGER: PluginTimings = { ...PLUGIN_TIMINGS, start: Infinity, heartbeatAnswer: Infinity };
const TURNED_OFF = 'it was turned off';

/** A use of a plugin, in one version from its beginning to its end, whatever is installed meanwhile. */
export interface PluginUse {
  /** The plugin's process; as {@link PluginSupervisor.activate}. */
  activate(): Promise<PluginProcess>;
  /** Ends the use. */
  release(): void;
}

/** What the supervisor knows of one version of a plugin beyond its package. */
interface Supervised {
  /** Null for a package that cannot be started. */
  readonly plugin: InstalledPlugin | null;
  readonly log: PluginLog;
  readonly crashes: CrashHistory;
  process: PluginProcess | null;
  starting: Promise<PluginProcess> | null;
  /** Uses that keep the process from being idle: open handles, running calls. */
  uses: number;
  idle: NodeJS.Timeout | null;
  disabled: string | null;
  /** How many processes of the plugin have ended. */
  ended: number;
  /** Another version has taken its place: it ends with its last use. */
  retired: boolean;
}

/**
 * Starts a plugin's process at its first use, one a plugin, ends it when it is idle, and starts it anew after a crash, until it has crashed too often.
 * When another version of a plugin is installed, new uses get that one; those that are under way keep the old one's process, which ends with the last.
 */
export class PluginSupervisor {
  private readonly timings: PluginTimings;
  private readonly supervised = new Map<string, Supervised>();
  private readonly retired = new Set<Supervised>();
  private readonly changed = new Listeners();
  private readonly ended = new Listeners<PluginProcess>();
  private disposed = false;

  constructor(private readonly options: PluginSupervisorOptions) {
    this.timings = { ...PLUGIN_TIMINGS, ...options.timings };
    options.registry.onChanged(() => this.followRegistry());
  }

  /**
   * The plugin's process, started when none runs. Callers at the same time share one start.
   * @throws InvalidInputError for an unknown plugin, FailedError for a disabled one or one that does not start, PeerGoneError
   */
  async activate(id: string): Promise<PluginProcess> {
    return this.activateEntry(id, this.entry(id));
  }

  /** Keeps the plugin's process from being stopped as idle, and from being replaced, until the use is released. */
  use(id: string): PluginUse {
    const entry = this.entry(id);
    entry.uses++;
    if (entry.idle) clearTimeout(entry.idle);
    entry.idle = null;
    let released = false;
    return {
      activate: () => this.activateEntry(id, entry),
      release: () => {
        if (released) return;
        released = true;
        if (--entry.uses > 0) return;
        if (entry.retired) void this.endRetired(entry);
        else this.scheduleIdleStop(entry);
      },
    };
  }

  /** Runs something with the plugin's process, which is in use meanwhile. */
  async using<T>(id: string, action: (process: PluginProcess) => Promise<T>): Promise<T> {
    const use = this.use(id);
    try {
      return await action(await use.activate());
    } finally {
      use.release();
    }
  }

  /** Tells when any plugin's process has ended, for whatever reason. */
  onProcessEnded(listener: (process: PluginProcess) => void): Disposable {
    return this.ended.add(listener);
  }

  /** Tells when a process has begun or ended, or what stands against starting one is another. */
  onChanged(listener: () => void): Disposable {
    return this.changed.add(listener);
  }

  /** The last lines of a plugin's log, oldest first. */
  log(id: string): readonly LogLine[] {
    return this.entry(id).log.recent();
  }

  /** Lets a plugin be started again that was disabled after crashes. */
  enable(id: string): void {
    const entry = this.entry(id);
    entry.disabled = null;
    entry.crashes.clear();
    this.changed.tell();
  }

  /** Ends a plugin's process at once; what waits for it fails with the reason. Nothing where none runs. */
  async end(id: string, reason: string): Promise<void> {
    const older = [...this.retired].filter(({ plugin }) => plugin?.id === id);
    await Promise.all(
      [this.entry(id), ...older].map(async (entry) => {
        await entry.starting?.catch(() => undefined);
        await entry.process?.end(reason);
      }),
    );
  }

  /** The name under which the leases of a plugin's current process, or of its next one, are added up. */
  account(id: string): string {
    return `${id}/${this.entry(id).ended}`;
  }

  /** For the leases of a plugin's current process, or of its next one. @param version the one that reads, which may be in use no more */
  leaseAccount({ id, version }: Pick<InstalledPlugin, 'id' | 'version'>): LeaseAccount {
    return { name: this.account(id), plugin: id, version };
  }

  /** What a process that is started now may take. */
  get limits(): PluginLimits {
    return this.options.limits?.() ?? PLUGIN_LIMITS;
  }

  /** The running process of a plugin; null when none runs. */
  processOf(id: string): PluginProcess | null {
    const process = this.supervised.get(id)?.process;
    return process && !process.closed ? process : null;
  }

  /** Crashes that count together now. */
  crashesOf(id: string): number {
    return this.supervised.get(id)?.crashes.count ?? 0;
  }

  /** Every package found, with what goes for it now. */
  status(): PluginStatus[] {
    return this.options.registry.list().map(({ id, version, folder, state, problems, plugin }) => {
      const entry = plugin ? this.supervised.get(id) : undefined;
      const running = this.processOf(id);
      const protection = running
        ? running.sandbox
          ? describeSandbox(running.sandbox)
          : ['It runs without any protection.']
        : [];
      if (state !== 'ready') return { id, version, folder, state, problems: problems.map(describeProblem), protection };
      if (this.options.registry.isDisabled(id))
        return { id, version, folder, state: 'disabled', problems: [TURNED_OFF], protection };
      if (entry && entry.disabled !== null)
        return { id, version, folder, state: 'disabled', problems: [entry.disabled], protection };
      return { id, version, folder, state: running ? 'running' : 'stopped', problems: [], protection };
    });
  }

  /** Ends all processes at once. Nothing can be activated afterwards. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const all = [...this.supervised.values(), ...this.retired];
    for (const entry of all) {
      if (entry.idle) clearTimeout(entry.idle);
      entry.starting?.then((process) => process.end()).catch(() => undefined);
    }
    await Promise.all(all.map(({ process }) => process?.end()));
  }

  private async activateEntry(id: string, entry: Supervised): Promise<PluginProcess> {
    if (this.disposed) throw new FailedError('Diskwright is ending');
    if (!entry.plugin) throw new InvalidInputError(`there is no plugin ${id}`, { todo: 'See: diskwright plugin list' });
    if (this.options.registry.isDisabled(id)) throw disabledError(id, TURNED_OFF);
    const blocked = this.options.registry.blockReason(entry.plugin);
    if (blocked !== null) throw new RefusedError(`plugin ${id} is not started: ${blocked}`);
    if (entry.disabled !== null) throw disabledError(id, entry.disabled);
    if (entry.process && !entry.process.closed) return entry.process;
    entry.starting ??= this.start(entry, entry.plugin).finally(() => (entry.starting = null));
    return entry.starting;
  }

  private entry(id: string): Supervised {
    let entry = this.supervised.get(id);
    if (!entry) {
      entry = {
        plugin: this.options.registry.get(id),
        log: new PluginLog((line) => this.options.onLogLine?.(id, line)),
        crashes: new CrashHistory(CRASH_LIMIT, this.timings.crashWindow),
        process: null,
        starting: null,
        uses: 0,
        idle: null,
        disabled: null,
        ended: 0,
        retired: false,
      };
      this.supervised.set(id, entry);
    }
    return entry;
  }

  /** Plugins were installed, updated or removed. */
  private followRegistry(): void {
    for (const [id, entry] of [...this.supervised]) {
      const plugin = this.options.registry.get(id);
      if (plugin?.folder === entry.plugin?.folder && plugin?.build === entry.plugin?.build) continue;
      this.supervised.delete(id);
      entry.retired = true;
      if (entry.idle) clearTimeout(entry.idle);
      entry.idle = null;
      this.retired.add(entry);
      // One log a plugin; and what its next process reads is not added to what the old one does.
      this.supervised.set(id, { ...this.entry(id), log: entry.log, ended: entry.ended + 1 });
      if (entry.uses === 0) void this.endRetired(entry);
    }
    this.endBlocked();
    this.changed.tell();
  }

  /** What may not run any longer ends at once, whoever uses it. */
  private endBlocked(): void {
    for (const { plugin, process } of [...this.supervised.values(), ...this.retired]) {
      const reason = plugin && this.options.registry.blockReason(plugin);
      if (reason) void process?.end(reason);
    }
  }

  private async endRetired(entry: Supervised): Promise<void> {
    this.retired.delete(entry);
    await entry.starting?.catch(() => undefined);
    await entry.process?.stop();
  }

  private async start(entry: Supervised, plugin: InstalledPlugin): Promise<PluginProcess> {
    const { launcher, handlersFor } = this.options;
    try {
      const process = await PluginProcess.start({
        plugin,
        launcher,
        log: entry.log,
        timings: plugin.id === this.options.inspected ? HELD_BY_DEBUGGER : this.timings,
        limits: this.limits,
        handlersFor,
      });
      entry.process = process;
      void process.ended.then((end) => this.processEnded(entry, process, end?.reason ?? null));
      if (entry.uses === 0 && !entry.retired) this.scheduleIdleStop(entry);
      this.changed.tell();
      return process;
    } catch (error) {
      this.crashed(plugin.id, entry, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private processEnded(entry: Supervised, process: PluginProcess, reason: string | null): void {
    entry.ended++;
    if (entry.process === process) entry.process = null;
    if (reason !== null && !this.disposed) this.crashed(process.plugin.id, entry, reason);
    this.ended.tell(process);
    this.changed.tell();
  }

  private crashed(id: string, entry: Supervised, reason: string): void {
    entry.log.write('host', 'error', reason);
    const version = entry.plugin?.version ?? '';
    this.options.onStopped?.({ id, version, time: Date.now(), reason });
    if (!entry.crashes.add()) return;
    const minutes = Math.round(this.timings.crashWindow / 60_000);
    entry.disabled = `it crashed ${CRASH_LIMIT} times within ${minutes} minutes, the last time because ${reason}`;
    if (entry.plugin && !entry.retired) this.options.onDisabled?.(entry.plugin, entry.disabled);
  }

  private scheduleIdleStop(entry: Supervised): void {
    if (entry.plugin && entry.plugin.id === this.options.inspected) return;
    if (entry.idle) clearTimeout(entry.idle);
    entry.idle = setTimeout(() => {
      entry.idle = null;
      const { process } = entry;
      if (entry.uses > 0 || !process) return;
      entry.process = null;
      void process.stop();
    }, this.options.idleMilliseconds?.() ?? this.timings.idle);
    entry.idle.unref();
  }
}
