import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { formatSize } from '../../common/text/size';
import type { PluginEntry } from '../../common/workbench';
import type { Disposable, Workbench } from '../api';
import { LightElement } from '../widgets/lightElement';
import { actionButton, errorCallout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { setEnabled } from './pluginActions';
import { installByName, installFile } from './pluginInstall';
import type { PluginModel } from './pluginModel';
import { busyWords, canBeEnabled, pluginState } from './pluginWords';
import './plugins.css';

/** The installed plugins in the side bar. */
@customElement('dw-plugins')
export class PluginsView extends LightElement {
  @state() private filter = '';
  @state() private failure: unknown = null;

  constructor(
    private readonly workbench: Workbench,
    private readonly model: PluginModel,
  ) {
    super();
    this.className = 'dw-plugins';
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(this.model.watch(() => this.requestUpdate()));
  }

  protected override render(): unknown {
    const { plugins, failure } = this.model;
    if (!plugins) {
      return failure
        ? errorBlock('The plugins cannot be listed', failure)
        : emptyBlock('Reading the plugins…', 'They are asked for.');
    }
    const shown = plugins.filter((plugin) => matches(plugin, this.filter));
    return html`<div class="dw-plugins-filter">
        <input
          class="dw-input"
          type="search"
          placeholder="Filter: name, what it brings"
          aria-label="Filter plugins"
          .value=${this.filter}
          @input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value)}
        />
      </div>
      <div class="dw-plugins-install" role="group" aria-label="Install a plugin">
        ${actionButton('package', 'Install file…', () => installFile(this.workbench))}
        ${actionButton('cloud-download', 'Install by name…', () => installByName(this.workbench))}
      </div>
      ${this.failure ? errorCallout(this.failure) : nothing}
      <ul class="dw-plugins-list" aria-label="Plugins">
        ${shown.map((plugin) => this.renderPlugin(plugin))}
      </ul>
      ${shown.length === 0 ? emptyBlock('No plugin fits', 'Clear the filter to see all of them.') : nothing}`;
  }

  private renderPlugin(plugin: PluginEntry): TemplateResult {
    const words = pluginState(plugin);
    const open = (): void => void this.workbench.editors.open({ type: 'plugin', key: plugin.id }, { preview: true });
    const memory = plugin.process?.memory;
    return html`<li class="dw-plugin-row" @click=${open}>
      <div class="dw-plugin-head">
        <button type="button" class="dw-link-button dw-plugin-name" @click=${open}>${plugin.displayName}</button>
        <span class="dw-muted">${plugin.version}</span>
        ${
          canBeEnabled(plugin)
            ? html`<input
                type="checkbox"
                role="switch"
                class="dw-switch"
                title=${plugin.enabled && plugin.state !== 'disabled' ? 'Enabled' : 'Disabled'}
                aria-label="Enable ${plugin.displayName}"
                .checked=${plugin.state !== 'disabled'}
                @click=${(event: Event) => this.toggle(event, plugin)}
              />`
            : nothing
        }
      </div>
      <div class="dw-plugin-description">${plugin.description}</div>
      <div class="dw-plugin-state">
        <span class="dw-tone-${words.tone}">${icon(words.icon)} ${words.text}</span>
        ${plugin.installed && plugin.installed.signedBy === null ? html`<span class="dw-muted">not signed</span>` : nothing}
        ${plugin.waiting ? html`<span class="dw-tone-warning">${icon('bell')} ${plugin.waiting.version} waits</span>` : nothing}
        ${memory ? html`<span class="dw-muted">${formatSize(memory)}</span>` : nothing}
        ${busyWords(plugin).map((words) => html`<span class="dw-muted">${words}</span>`)}
        ${plugin.lastStop ? html`<span class="dw-tone-warning">${icon('warning')} was stopped</span>` : nothing}
        ${plugin.crashes > 0 ? html`<span class="dw-tone-warning">${icon('warning')} crashed ${plugin.crashes}×</span>` : nothing}
      </div>
    </li>`;
  }

  /** The switch follows the state, and does not run ahead of it. */
  private async toggle(event: Event, plugin: PluginEntry): Promise<void> {
    event.preventDefault();
    event.stopPropagation();
    this.failure = null;
    await setEnabled(this.workbench, this.model, plugin, plugin.state === 'disabled').catch(
      (error: unknown) => (this.failure = error),
    );
    this.requestUpdate();
  }
}

function matches({ id, displayName, description, contributes }: PluginEntry, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [id, displayName, description, ...contributes].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
