import { Refresher } from '../../common/flow/refresher';
import { printable, printableLines } from '../../common/text/printable';
import type { PluginEntry } from '../../common/workbench';
import { Emitter, type Disposable, type Event, type Workbench } from '../api';
import { withAgreedKey } from './pluginInstall';
import { isCancellation } from '../widgets/shared/errorText';

/** Figures of running processes change without being told: they are asked for again as long as somebody looks. */
const REFRESH_MILLISECONDS = 2000;

/** The installed plugins as all views of them share them. */
export class PluginModel {
  /** Null until the first answer. */
  plugins: readonly PluginEntry[] | null = null;
  /** Why the last question got no answer. */
  failure: unknown = null;
  private readonly changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.changed.event;
  private readonly refresher = new Refresher(() => this.load());

  constructor(private readonly workbench: Workbench) {
    const { host } = workbench;
    host.on('plugins/changed', () => void this.refresher.refresh());
    host.onDidChangeState((state) => {
      if (state === 'connected') void this.refresher.refresh();
    });
    void this.refresher.refresh();
  }

  get(id: string): PluginEntry | undefined {
    return this.plugins?.find((plugin) => plugin.id === id);
  }

  /** Keeps the model up to date until the answer is disposed. */
  watch(listener: () => void): Disposable {
    const listening = this.onDidChange(listener);
    const refreshing = setInterval(() => {
      if (!document.hidden) void this.refresher.refresh();
    }, REFRESH_MILLISECONDS);
    void this.refresher.refresh();
    return {
      dispose: () => {
        clearInterval(refreshing);
        listening.dispose();
      },
    };
  }

  /** @throws as `plugins/setEnabled` */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    await this.workbench.host.request('plugins/setEnabled', { id, enabled });
    await this.refresher.refresh();
  }

  /** @throws as `plugins/restart` */
  async restart(id: string): Promise<void> {
    await this.workbench.host.request('plugins/restart', { id });
    await this.refresher.refresh();
  }

  /** What the registry has now; null when it bears another key, and the user does not agree to that. @throws as `plugins/update` */
  async update(id: string): ReturnType<typeof withAgreedKey> {
    const { host } = this.workbench;
    const installed = await withAgreedKey(this.workbench, (key) => host.request('plugins/update', { id, ...key }));
    await this.refresher.refresh();
    return installed;
  }

  /** @throws as `plugins/rollback` */
  async rollback(id: string): Promise<void> {
    await this.workbench.host.request('plugins/rollback', { id });
    await this.refresher.refresh();
  }

  /** @throws as `plugins/remove` */
  async remove(id: string): Promise<void> {
    await this.workbench.host.request('plugins/remove', { id });
    await this.refresher.refresh();
  }

  /** For no device, which lets a version that waits be used. @throws as `plugins/grant` */
  async grant(id: string, capability: string): Promise<void> {
    await this.workbench.host.request('plugins/grant', { id, capability, device: null });
    await this.refresher.refresh();
  }

  /** @throws as `plugins/revoke` */
  async revoke(id: string, capability: string, key: string | null): Promise<void> {
    await this.workbench.host.request('plugins/revoke', { id, capability, key });
    await this.refresher.refresh();
  }

  private async load(): Promise<void> {
    if (this.workbench.host.state !== 'connected') return;
    try {
      this.plugins = (await this.workbench.host.request('plugins/list', {})).plugins.map(readable);
      this.failure = null;
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    } finally {
      this.changed.fire();
    }
  }
}

/** What a plugin says of itself: characters that deceive are visible in it. */
function readable(plugin: PluginEntry): PluginEntry {
  return {
    ...plugin,
    displayName: printable(plugin.displayName),
    description: printableLines(plugin.description),
    lastStop: plugin.lastStop && { ...plugin.lastStop, reason: printableLines(plugin.lastStop.reason) },
    problems: plugin.problems.map(printableLines),
    capabilities: plugin.capabilities.map(printable),
    contributes: plugin.contributes.map(printable),
    grants:
      plugin.grants?.map(({ capability, device }) => ({
        capability: printable(capability),
        device: device && { ...device, name: printable(device.name) },
      })) ?? null,
    installed: plugin.installed && { ...plugin.installed, source: printable(plugin.installed.source) },
  };
}
