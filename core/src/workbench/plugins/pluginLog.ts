import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { printableLines } from '../../common/text/printable';
import type { LogLine } from '../../common/workbench';
import type { Disposable, HostConnection } from '../api';
import { LightElement } from '../widgets/lightElement';
import { errorCallout, icon } from '../widgets/parts';

const KEPT_LINES = 1000;
const LEVELS: readonly LogLine['level'][] = ['error', 'warn', 'info', 'debug'];
const LEVEL_WORDS: Readonly<Record<LogLine['level'], { text: string; icon: string; tone: string; atLeast: string }>> = {
  error: { text: 'error', icon: 'error', tone: 'bad', atLeast: 'Errors only' },
  warn: { text: 'warning', icon: 'warning', tone: 'warning', atLeast: 'Warnings and errors' },
  info: { text: 'info', icon: 'info', tone: 'running', atLeast: 'Without debugging' },
  debug: { text: 'debug', icon: 'bug', tone: 'quiet', atLeast: 'All lines' },
};

/** The log of a plugin, as it is written. */
@customElement('dw-plugin-log')
export class PluginLog extends LightElement {
  @state() private lines: readonly LogLine[] | null = null;
  @state() private failure: unknown = null;
  @state() private level: LogLine['level'] = 'debug';

  constructor(
    private readonly host: HostConnection,
    private readonly pluginId: string,
  ) {
    super();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(
      this.host.on('plugins/logged', ({ id, line }) => {
        if (id === this.pluginId) this.lines = [...(this.lines ?? []), line].slice(-KEPT_LINES);
      }),
    );
    this.host.request('plugins/log', { id: this.pluginId }).then(
      ({ lines }) => (this.lines = lines),
      (error: unknown) => (this.failure = error),
    );
  }

  protected override render(): unknown {
    if (this.failure) return errorCallout(this.failure);
    const shown = (this.lines ?? []).filter(({ level }) => LEVELS.indexOf(level) <= LEVELS.indexOf(this.level));
    return html`<div class="dw-plugin-log-head">
        <label
          >Show
          <select class="dw-select" @change=${this.choose}>
            ${LEVELS.map((level) => html`<option value=${level} ?selected=${level === this.level}>${LEVEL_WORDS[level].atLeast}</option>`)}
          </select>
        </label>
      </div>
      ${
        shown.length === 0
          ? html`<p class="dw-muted">${this.lines?.length ? 'No line of this kind.' : 'It has written nothing yet.'}</p>`
          : html`<div class="dw-plugin-log" tabindex="0" role="log" aria-label="Log">${shown.map(renderLine)}</div>`
      }`;
  }

  protected override willUpdate(): void {
    const box = this.querySelector('.dw-plugin-log');
    this.followsEnd = !box || box.scrollHeight - box.scrollTop - box.clientHeight < 8;
  }
  private followsEnd = true;

  protected override updated(): void {
    const box = this.querySelector('.dw-plugin-log');
    if (box && this.followsEnd) box.scrollTop = box.scrollHeight;
  }

  private readonly choose = (event: Event): void => {
    this.level = (event.target as HTMLSelectElement).value as LogLine['level'];
  };
}

function renderLine({ time, level, source, text }: LogLine): TemplateResult {
  const words = LEVEL_WORDS[level];
  return html`<div class="dw-plugin-log-line">
    <time>${new Date(time).toLocaleTimeString()}</time>
    <span class="dw-tone-${words.tone}">${icon(words.icon)} ${words.text}</span>
    <span class="dw-plugin-log-text"
      >${source ? html`<span class="dw-muted">${source}: </span>` : nothing}${printableLines(text)}</span
    >
  </div>`;
}
