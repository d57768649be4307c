import type { PluginEntry } from '../../common/workbench';
import type { DeviceService } from '../devices/deviceService';
import { type Disposable, Listeners } from '../listeners';
import type { SettingsService } from '../settings/settingsService';
import { setPluginEnabled } from './disabledPlugins';
import { pluginEntries } from './pluginEntries';
import type { PluginHost } from './pluginHost';
import type { LogLine } from './pluginLog';

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
  ) {
    this.disabled = new Set(settings.get<string[]>('plugins.disabled'));
    plugins.registry.setDisabled(this.disabled);
    settings.onChanged((document) => {
      if (document === 'settings') this.takeSettings();
    });
    plugins.supervisor.onChanged(() => this.changed.tell());
    plugins.registry.onChanged(() => this.changed.tell());
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

  private takeSettings(): void {
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
