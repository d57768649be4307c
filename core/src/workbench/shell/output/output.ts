import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { printable, printableLines } from '../../../common/text/printable';
import type { LogLine, PluginEntry } from '../../../common/workbench';
import type { Disposable, Workbench } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import { emptyBlock, errorBlock } from '../../widgets/shared/blocks';
import { isCancellation } from '../../widgets/shared/errorText';
import './output.css';

const HOST_LOGS = { host: 'Host', sector: 'Sector service' } as const;
const KEPT_LINES = 1000;
/** The host does not tell of lines of its own logs. */
const POLL_MILLISECONDS = 3000;
/** So near to the end the reader follows what comes. */
const FOLLOW_PIXELS = 24;

/** The logs of the host, the sector service and the plugins. */
@customElement('dw-output')
export class Output extends LightElement {
  /** `host`, `sector`, or a plugin's id behind `plugin:`. */
  @state() private source = 'host';
  @state() private plugins: readonly PluginEntry[] = [];
  @state() private lines: readonly LogLine[] = [];
  @state() private text: string | null = null;
  @state() private problem: unknown = null;
  private following = true;
  private reading = new AbortController();

  constructor(private readonly workbench: Workbench) {
    super();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { host } = this.workbench;
    keep(host.on('plugins/changed', () => void this.listPlugins()));
    keep(
      host.on('plugins/logged', ({ id, line }) => {
        if (this.source === `plugin:${id}`) this.lines = [...this.lines, line].slice(-KEPT_LINES);
      }),
    );
    const timer = setInterval(() => {
      if (this.source in HOST_LOGS && this.checkVisibility() && host.state === 'connected') void this.read();
    }, POLL_MILLISECONDS);
    keep({ dispose: () => clearInterval(timer) });
    keep({ dispose: () => this.reading.abort() });
    void this.listPlugins();
    void this.read();
  }

  protected override willUpdate(): void {
    const area = this.querySelector('.dw-output-text');
    if (area) this.following = area.scrollTop + area.clientHeight >= area.scrollHeight - FOLLOW_PIXELS;
  }

  protected override updated(): void {
    const area = this.querySelector('.dw-output-text');
    if (area && this.following) area.scrollTop = area.scrollHeight;
  }

  protected override render(): TemplateResult {
    return html`<div class="dw-output-head">
        <label for="dw-output-source">Log of</label>
        <select id="dw-output-source" class="dw-select" data-autofocus @change=${this.choose}>
          ${Object.entries(HOST_LOGS).map(([id, title]) => this.option(id, title))}
          ${this.plugins.map(({ id, displayName }) => this.option(`plugin:${id}`, `Plugin ${printable(displayName)}`))}
        </select>
        <button
          type="button"
          class="dw-icon-button"
          title="Read again"
          aria-label="Read the log again"
          @click=${() => this.read()}
        >
          <i class="codicon codicon-refresh" aria-hidden="true"></i>
        </button>
      </div>
      ${this.content()}`;
  }

  private option(id: string, title: string): TemplateResult {
    return html`<option value=${id} ?selected=${id === this.source}>${title}</option>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null)
      return errorBlock('The log cannot be read', this.problem, [{ label: 'Try again', run: () => this.read() }]);
    const isEmpty = this.source in HOST_LOGS ? this.text === '' : this.lines.length === 0;
    if (isEmpty) return emptyBlock('Nothing in this log yet', 'What happens in it while the host runs appears here.');
    return html`<pre class="dw-output-text" role="log" aria-live="off" tabindex="0" aria-label="Log">
${this.source in HOST_LOGS ? printableLines(this.text ?? '') : this.lines.map(lineTemplate)}</pre>`;
  }

  private readonly choose = (event: Event): void => {
    this.source = (event.target as HTMLSelectElement).value;
    this.text = null;
    this.lines = [];
    this.following = true;
    void this.read();
  };

  private async listPlugins(): Promise<void> {
    const answer = await this.workbench.host.request('plugins/list', {}).catch(() => null);
    if (answer) this.plugins = answer.plugins;
  }

  private async read(): Promise<void> {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    const { host } = this.workbench;
    try {
      if (this.source in HOST_LOGS) {
        const log = this.source as keyof typeof HOST_LOGS;
        const { text } = await host.request('logs/read', { log }, signal);
        if (!signal.aborted) this.text = text;
      } else {
        const { lines } = await host.request('plugins/log', { id: this.source.slice('plugin:'.length) }, signal);
        if (!signal.aborted) this.lines = lines;
      }
      this.problem = null;
    } catch (error) {
      if (!isCancellation(error)) this.problem = error;
    }
  }
}

function lineTemplate({ time, level, source, text }: LogLine): TemplateResult {
  const important = level === 'error' || level === 'warn';
  return html`<span class=${important ? `dw-output-${level}` : nothing}
    >${new Date(time).toLocaleTimeString()} ${important ? `[${level}] ` : ''}${source}: ${printableLines(text)}${'\n'}</span
  >`;
}
