import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { formatSize } from '../../common/text/size';
import type { PluginEntry } from '../../common/workbench';
import type { Disposable, Workbench } from '../api';
import '../widgets/copyText';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { capitalised } from '../widgets/shared/errorText';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { remove, restart, rollback, setEnabled } from './pluginActions';
import { installedWords } from './pluginInstall';
import { PluginLog } from './pluginLog';
import type { PluginModel } from './pluginModel';
import { type OriginActions, renderGrants, renderOrigin, renderWaiting } from './pluginOrigin';
import { canBeEnabled, capabilityWords, logWords, pluginState, stopWords } from './pluginWords';
import './plugins.css';

type ActionButton = (icon: string, label: string, busy: string, task: () => Promise<void>) => TemplateResult;

/** One plugin: what it is, what it may do, how its process does, its log. */
@customElement('dw-plugin')
export class PluginEditor extends LightElement implements PaneElement {
  @state() private failure: unknown = null;
  @state() private busy = '';
  private readonly log: PluginLog;

  constructor(
    private readonly workbench: Workbench,
    private readonly model: PluginModel,
    private readonly pluginId: string,
    private readonly onTitle: (title: string) => void,
  ) {
    super();
    this.className = 'dw-page';
    this.log = new PluginLog(workbench.host, pluginId);
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(
      this.model.watch(() => {
        const plugin = this.model.get(this.pluginId);
        if (plugin) this.onTitle(plugin.displayName);
        this.requestUpdate();
      }),
    );
  }

  protected override render(): unknown {
    const plugin = this.model.get(this.pluginId);
    if (!plugin) return this.renderAbsent();
    const words = pluginState(plugin);
    return html`<div class="dw-page-scroll" tabindex="0" role="region" aria-label="Plugin" data-autofocus>
        <h1>${icon('extensions')}${plugin.displayName} <span class="dw-muted dw-plugin-version">${plugin.version}</span></h1>
        <p>${plugin.description}</p>
        <div class="dw-plugin-state" role="status">
          <span class="dw-tone-${words.tone}">${icon(words.icon)} <strong>${words.text}</strong></span> ${words.meaning}
        </div>
        ${plugin.lastStop ? callout('warning', stopWords(plugin.lastStop)) : nothing}
        ${plugin.problems.map((problem) => callout('error', capitalised(problem)))}
        ${plugin.note === null ? nothing : callout('info', plugin.note)}
        ${plugin.waiting ? callout('warning', renderWaiting(plugin, this.origin(plugin))) : nothing}
        <div class="dw-page-columns">
          <section>
            <h2>Brings</h2>
            ${bullets(plugin.contributes, 'Nothing.')}
            <h2>${plugin.grants === null ? 'May' : 'Asks for'}</h2>
            ${renderCapabilities(plugin.capabilities)}
            <h2>Granted</h2>
            ${renderGrants(plugin, this.origin(plugin))}
            <h2>Protection</h2>
            ${renderProtection(plugin)}
            <h2>Limits</h2>
            ${bullets(plugin.limits, 'None.')}
          </section>
          <section>
            <h2>Origin</h2>
            ${renderOrigin(plugin)}
            <h2>Process</h2>
            ${renderProcess(plugin)}
          </section>
        </div>
        <h2>Log</h2>
        ${this.log}
      </div>
      ${this.renderActions(plugin)}`;
  }

  private renderAbsent(): TemplateResult {
    const { plugins, failure } = this.model;
    if (plugins) return emptyBlock('This plugin is not installed', `There is no plugin “${this.pluginId}” any more.`);
    return failure ? errorBlock('The plugin cannot be shown', failure) : emptyBlock('Reading…', this.pluginId);
  }

  private renderActions(plugin: PluginEntry): TemplateResult {
    const isOff = plugin.state === 'disabled';
    const { workbench, model } = this;
    const button: ActionButton = (name, label, busy, task) =>
      // Not `disabled`, which would take the focus from the button that was pressed.
      html`<button
        type="button"
        class="dw-button"
        aria-disabled=${this.busy !== ''}
        @click=${() => this.busy || this.act(busy, task)}
      >
        ${icon(name)}${label}
      </button>`;
    return html`<div>
      ${this.failure ? html`<div class="dw-page-failure">${errorCallout(this.failure)}</div>` : nothing}
      <div class="dw-page-actions">
        ${
          canBeEnabled(plugin)
            ? isOff
              ? button('play', 'Enable', 'Enabling…', () => setEnabled(workbench, model, plugin, true))
              : html`${button('circle-slash', 'Disable…', 'Disabling…', () => setEnabled(workbench, model, plugin, false))}
                ${button('refresh', 'Restart…', 'Restarting…', () => restart(workbench, model, plugin))}`
            : html`<span class="dw-muted">It cannot be enabled as it is.</span>`
        }
        ${button('history', 'Read and written', '', () => workbench.commands.run('plugins.audit', { plugin: plugin.id }))}
        ${this.renderVersionActions(plugin, button)}
        <span role="status">${this.busy}</span>
      </div>
    </div>`;
  }

  /** What can be done with a plugin that was installed. */
  private renderVersionActions(plugin: PluginEntry, button: ActionButton): unknown {
    const { workbench, model } = this;
    const { installed } = plugin;
    if (!installed) return nothing;
    const update = async (): Promise<void> => {
      const updated = await model.update(plugin.id);
      if (updated) workbench.notifications.info(installedWords(updated));
    };
    return html`${installed.source.startsWith('npm:') ? button('cloud-download', 'Update', 'Updating…', update) : nothing}
    ${
      installed.previous === null
        ? nothing
        : button('discard', `Roll back to ${installed.previous}…`, 'Rolling back…', () => rollback(workbench, model, plugin))
    }
    ${button('trash', 'Remove…', 'Removing…', () => remove(workbench, model, plugin))}`;
  }

  private origin({ id }: PluginEntry): OriginActions {
    return {
      grant: (capability) => void this.act('Granting…', () => this.model.grant(id, capability)),
      revoke: (capability, key) => void this.act('Revoking…', () => this.model.revoke(id, capability, key)),
    };
  }

  private async act(busy: string, task: () => Promise<void>): Promise<void> {
    this.busy = busy;
    this.failure = null;
    await task().catch((error: unknown) => (this.failure = error));
    this.busy = '';
  }
}

function bullets(items: readonly string[], none: string): TemplateResult {
  if (items.length === 0) return html`<p class="dw-muted">${none}</p>`;
  return html`<ul class="dw-plugin-items">
    ${items.map((item) => html`<li>${capitalised(item)}</li>`)}
  </ul>`;
}

function renderCapabilities(capabilities: readonly string[]): TemplateResult {
  if (capabilities.length === 0) return html`<p class="dw-muted">Only compute: it has asked for nothing.</p>`;
  return html`<dl class="dw-plugin-capabilities">
    ${capabilities.map((capability) => {
      const words = capabilityWords(capability);
      return html`<dt>${words?.text ?? capability} <code class="dw-muted">${capability}</code></dt>
        <dd>${words?.detail ?? 'Unknown to this version of Diskwright: it is not granted.'}</dd>`;
    })}
  </dl>`;
}

function renderProtection({ protection, process }: PluginEntry): TemplateResult {
  if (!process) return html`<p class="dw-muted">No process runs now. How the next one is protected is shown here then.</p>`;
  return bullets(protection, 'None: it runs with your rights.');
}

function renderProcess({ process, crashes, folder, id }: PluginEntry): TemplateResult {
  const facts: [string, unknown][] = [
    ['Id', id],
    ...(process
      ? ([
          ['Process', String(process.pid)],
          ['Memory', process.memory === null ? 'not told by this system' : `${formatSize(process.memory)} (PSS)`],
          ['Started in', `${Math.round(process.startMilliseconds)} ms`],
          ['Lag', process.lagMilliseconds === null ? 'not measured yet' : `${process.lagMilliseconds.toFixed(1)} ms`],
          [
            'Processor',
            process.processorPercent === null ? 'not measured yet' : `${process.processorPercent.toFixed(0)} % of one`,
          ],
          [
            'Messages',
            process.messagesPerSecond === null ? 'not measured yet' : `${process.messagesPerSecond.toFixed(0)} a second`,
          ],
          ['Read from devices', formatSize(process.bytesRead)],
          ['Wrote to its log', logWords(process)],
        ] as [string, unknown][])
      : ([['Process', 'none']] as [string, unknown][])),
    ['Crashes', crashes === 0 ? 'none' : String(crashes)],
    ['Folder', html`<dw-copy-text .text=${folder} .label=${'Folder'}></dw-copy-text>`],
  ];
  return html`<dl class="dw-facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
