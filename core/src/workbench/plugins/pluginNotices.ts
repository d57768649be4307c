import type { PluginEntry } from '../../common/workbench';
import type { Workbench } from '../api';
import { stopWords } from './pluginWords';
import type { PluginModel } from './pluginModel';

/** Tells of plugins that were stopped, and of those that were disabled because they crashed: what they bring is missing from then on, wherever the user is. Lives as long as the page. */
export class PluginNotices {
  /** Null before the first list, which is no news. */
  private seen: ReadonlySet<string> | null = null;
  /** When each was stopped last. */
  private stopped: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly workbench: Workbench,
    private readonly model: PluginModel,
  ) {
    model.onDidChange(() => this.update());
  }

  private update(): void {
    const { plugins } = this.model;
    if (!plugins) return;
    const disabled = plugins.filter(({ state, enabled }) => state === 'disabled' && enabled);
    for (const plugin of disabled) if (this.seen && !this.seen.has(plugin.id)) this.tell(plugin);
    for (const plugin of plugins) this.tellStop(plugin);
    this.seen = new Set(disabled.map(({ id }) => id));
    this.stopped = new Map(plugins.map(({ id, lastStop }) => [id, lastStop?.time ?? 0]));
  }

  private tellStop({ id, displayName, state, lastStop }: PluginEntry): void {
    // Of one that was disabled for it is told anyway.
    if (!lastStop || !this.stopped || state === 'disabled' || lastStop.time <= (this.stopped.get(id) ?? 0)) return;
    const { notifications, editors } = this.workbench;
    notifications.error(new Error(`The plugin ${displayName} was stopped`), {
      detail: `${stopWords(lastStop)} It is started again when it is needed.`,
      actions: [{ label: 'Show plugin', run: () => editors.open({ type: 'plugin', key: id }) }],
    });
  }

  private tell({ id, displayName, problems, contributes }: PluginEntry): void {
    const { notifications, editors } = this.workbench;
    const lost = contributes.length > 0 ? `Until it is enabled again you do not have: ${contributes.join('; ')}.` : '';
    notifications.error(new Error(`The plugin ${displayName} was disabled`), {
      detail: [...problems.map((problem) => `${problem}.`), lost].filter(Boolean).join(' '),
      actions: [{ label: 'Show plugin', run: () => editors.open({ type: 'plugin', key: id }) }],
    });
  }
}
