import { InvalidInputError } from '@diskwright/sdk/errors';
import type { PluginEntry } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { type Disposable, Listeners } from '../listeners';
import type { SettingsService } from '../settings/settingsService';
import { BLOCKED_KEY, blocksOf, setPluginEnabled } from './disabledPlugins';
import { isDeviceCapability } from './grants/capabilityGrants';
import { grantRows, pluginEntries } from './pluginEntries';
import type { PluginHost } from './pluginHost';
import type { LogLine } from './pluginLog';
import type { Installed, PluginInstaller } from './store/pluginInstaller';

/** Plugins as the user manages them: looked at, turned off and on, started anew. Follows what settings say, whoever wrote them. */
export class PluginAdministration {
  private readonly changed = new Listeners();
  private disabled: ReadonlySet<string>;
  /** Of the processes of plugins that were turned off last. */
  private ending: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plugins: PluginHost,
    private readonly settings: SettingsService,
    private readonly devices: DeviceService,
    private readonly installer: Pick<PluginInstaller, 'useGranted'>,
  ) {
    this.disabled = new Set(settings.get<string[]>('plugins.disabled'));
    plugins.registry.setDisabled(this.disabled);
    plugins.registry.setBlocked(blocksOf(settings.get<string[]>(BLOCKED_KEY)));
    settings.onChanged((document) => {
      if (document === 'settings') this.takeSettings();
    });
    plugins.supervisor.onChanged(() => this.changed.tell());
    plugins.registry.onChanged(() => this.changed.tell());
    plugins.capabilities.onChanged(() => this.changed.tell());
  }

  /** A process began or ended, or a plugin was turned off or on. */
  onChanged(listener: () => void): Disposable {
    return this.changed.add(listener);
  }

  onLogged(listener: (event: { id: string; line: LogLine }) => void): Disposable {
    return this.plugins.logged.add(listener);
  }

  list(): Promise<PluginEntry[]> {
    return pluginEntries(this.plugins, this.devices);
  }

  /** The last lines of a plugin's log, oldest first. @throws InvalidInputError for an unknown plugin */
  log(id: string): readonly LogLine[] {
    this.plugins.registry.requireListed(id);
    return this.plugins.supervisor.log(id);
  }

  /** Lasting. A plugin that is turned off ends at once; turning it on forgets its crashes. @throws InvalidInputError for an unknown plugin */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    await setPluginEnabled(this.settings, this.plugins.registry, id, enabled);
    this.takeSettings();
    if (enabled) this.plugins.supervisor.enable(id);
    if (enabled) await this.plugins.stops?.forget(id);
    await this.ending;
  }

  /**
   * Grants a plugin something that it asks for. A version that waited for nothing else comes into use.
   * @param device as the user names it; null: for no device, or to be asked of each
   * @returns what came into use; null when nothing did
   * @throws InvalidInputError for what the plugin does not ask for; as {@link PluginInstaller.useGranted}
   */
  async grant(id: string, capability: string, device: string | null): Promise<Installed | null> {
    this.requireAsked(id, capability);
    if (device !== null && !isDeviceCapability(capability)) throw new InvalidInputError(`${capability} is not for a device`);
    const opened = device === null ? null : await this.devices.open(device);
    await this.plugins.capabilities.grant(id, capability, opened);
    return this.installer.useGranted(id);
  }

  /**
   * Takes back what was granted; leases that were had by it end at once.
   * @param capability null: all of them
   * @param device its key in {@link list} or its name; null: of all
   * @throws InvalidInputError when there is no such grant
   */
  async revoke(id: string, capability: string | null, device: string | null): Promise<void> {
    const { registry, capabilities } = this.plugins;
    registry.requireListed(id);
    await capabilities.refresh();
    const rows = grantRows(capabilities.of(id)).filter(
      (row) =>
        (capability === null || row.capability === capability) &&
        (device === null || row.device?.key === device || row.device?.name === device),
    );
    if (rows.length === 0)
      throw new InvalidInputError(
        `${id} has not been granted ${capability ?? 'anything'}${device === null ? '' : ` of ${device}`}`,
        {
          todo: 'See: diskwright plugin grants',
        },
      );
    if (device === null) return capabilities.revoke(id, capability, null);
    for (const key of new Set(rows.map((row) => row.device!.key))) await capabilities.revoke(id, capability, key);
  }

  /** Ends its process, and starts it again; its crashes are forgotten. @throws InvalidInputError, FailedError when it does not start */
  async restart(id: string): Promise<void> {
    this.plugins.registry.requireListed(id);
    const { supervisor } = this.plugins;
    await supervisor.end(id, 'it is started anew');
    supervisor.enable(id);
    await this.plugins.stops?.forget(id);
    await supervisor.using(id, async () => undefined);
  }

  /** Asks all running plugins how long they take to answer; {@link list} tells. */
  async measureLags(): Promise<void> {
    const { registry, supervisor } = this.plugins;
    await Promise.all(registry.list().map(({ id }) => supervisor.processOf(id)?.measureLag()));
  }

  /** @throws InvalidInputError for a plugin that needs no grant, or does not ask for this */
  private requireAsked(id: string, capability: string): void {
    const { registry, capabilities } = this.plugins;
    registry.requireListed(id);
    const plugin = registry.get(id);
    if (plugin && capabilities.isShipped(plugin))
      throw new InvalidInputError(`${id} came with Diskwright and has what it asks for`, {
        todo: `If you do not want it, turn it off: diskwright plugin disable ${id}`,
      });
    const waiting = registry.waiting(id)?.plugin;
    const asked = [...new Set([...(plugin?.manifest.capabilities ?? []), ...(waiting?.manifest.capabilities ?? [])])];
    if (asked.includes(capability)) return;
    throw new InvalidInputError(`${id} does not ask for ${capability}`, {
      todo: asked.length > 0 ? `It asks for: ${asked.join(', ')}.` : 'It asks for nothing.',
    });
  }

  private takeSettings(): void {
    this.plugins.registry.setBlocked(blocksOf(this.settings.get<string[]>(BLOCKED_KEY)));
    const before = this.disabled;
    const disabled = new Set(this.settings.get<string[]>('plugins.disabled'));
    const added = [...disabled].filter((id) => !before.has(id));
    const removed = [...before].filter((id) => !disabled.has(id));
    if (added.length === 0 && removed.length === 0) return;
    this.disabled = disabled;
    this.plugins.registry.setDisabled(disabled);
    this.changed.tell();
    this.ending = Promise.all(added.map((id) => this.plugins.supervisor.end(id, 'it was turned off')));
  }
}
