import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { printable } from '../../../common/text/printable';
import { formatSize, plural } from '../../../common/text/size';
import type { AuditEntry } from '../../../common/workbench';
import { Emitter, type Disposable, type Workbench } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import { actionButton, errorCallout } from '../../widgets/parts';
import { emptyBlock } from '../../widgets/shared/blocks';
import { isCancellation } from '../../widgets/shared/errorText';
import '../../widgets/shared/table';
import type { TableColumn } from '../../widgets/shared/table';
import './audit.css';
import { amountWords, jobWords, type Period, PERIODS, rangeWords, sinceOf, whoWords } from './auditWords';

/** The log grows without being told: it is read again as long as somebody looks. */
const REFRESH_MILLISECONDS = 3000;

export interface AuditFilter {
  plugin: string;
  device: string;
  operation: '' | 'read' | 'write';
  period: Period;
}
const NO_FILTER: AuditFilter = { plugin: '', device: '', operation: '', period: 'all' };

const seconds = (iso: string): string => {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : time.toLocaleString();
};

const COLUMNS: TableColumn<AuditEntry>[] = [
  { id: 'last', title: 'When', width: 190, text: ({ last }) => seconds(last), compare: (a, b) => (a.last < b.last ? -1 : 1) },
  { id: 'who', title: 'Who', width: 160, text: whoWords },
  { id: 'operation', title: 'Did', width: 70, text: ({ operation }) => operation },
  { id: 'device', title: 'Device', width: 230, text: ({ device }) => printable(device) },
  { id: 'bytes', title: 'How much', width: 160, text: amountWords, compare: (a, b) => a.bytes - b.bytes },
  {
    id: 'ranges',
    title: 'Bytes',
    width: 210,
    text: rangeWords,
    compare: (a, b) => (a.ranges[0]?.[0] ?? 0) - (b.ranges[0]?.[0] ?? 0),
  },
  { id: 'job', title: 'By the plan of', width: 220, text: jobWords },
  { id: 'user', title: 'User', width: 80, text: ({ user }) => printable(user.name) },
];

/** Who read and who wrote which bytes of which device, and when. */
@customElement('dw-audit')
export class AuditEditor extends LightElement {
  @state() private records: readonly AuditEntry[] | null = null;
  @state() private whole = true;
  @state() private failure: unknown = null;
  @state() private selectedId: string | null = null;
  @state() private filter: AuditFilter;
  private asking: AbortController | null = null;
  private readonly stateChanged = new Emitter<void>();
  readonly onDidChangeState = this.stateChanged.event;

  constructor(
    private readonly workbench: Workbench,
    params: unknown,
    state: unknown,
  ) {
    super();
    this.className = 'dw-audit';
    this.filter = { ...NO_FILTER, ...(state as object | null), ...(params as object | undefined) };
  }

  /** Shows what fits another filter, such as of another plugin. */
  reveal(params: unknown): void {
    this.setFilter({ ...NO_FILTER, ...(params as object) });
  }

  saveState(): unknown {
    return this.filter;
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const refreshing = setInterval(() => {
      if (!document.hidden && this.offsetParent !== null) void this.load();
    }, REFRESH_MILLISECONDS);
    keep({
      dispose: () => {
        clearInterval(refreshing);
        this.asking?.abort();
      },
    });
    void this.load();
  }

  protected override render(): TemplateResult {
    const { records, failure } = this;
    return html`${this.renderFilter()} ${failure ? errorCallout(failure) : nothing}
    ${records === null ? (failure ? nothing : emptyBlock('Reading the log…', 'It lies in the data folder.')) : this.renderRecords(records)}`;
  }

  private renderFilter(): TemplateResult {
    const { plugin, device, operation, period } = this.filter;
    const text = (label: string, field: 'plugin' | 'device', value: string, hint: string): TemplateResult =>
      html`<label>
        ${label}
        <input
          class="dw-input"
          type="search"
          placeholder=${hint}
          .value=${value}
          @change=${(event: Event) => this.setFilter({ [field]: (event.target as HTMLInputElement).value.trim() })}
        />
      </label>`;
    return html`<form
      class="dw-audit-filter"
      role="search"
      aria-label="Filter"
      @submit=${(event: Event) => event.preventDefault()}
    >
      ${text('Plugin', 'plugin', plugin, 'id; all without one')} ${text('Device', 'device', device, 'path; all without one')}
      <label>
        Kind
        <select
          class="dw-select"
          @change=${(event: Event) => this.setFilter({ operation: (event.target as HTMLSelectElement).value as AuditFilter['operation'] })}
        >
          ${[
            ['', 'Reads and writes'],
            ['read', 'Reads'],
            ['write', 'Writes'],
          ].map(([value, label]) => html`<option value=${value!} ?selected=${value === operation}>${label}</option>`)}
        </select>
      </label>
      <label>
        Time
        <select
          class="dw-select"
          @change=${(event: Event) => this.setFilter({ period: (event.target as HTMLSelectElement).value as Period })}
        >
          ${PERIODS.map(({ id, label }) => html`<option value=${id} ?selected=${id === period}>${label}</option>`)}
        </select>
      </label>
      ${actionButton('refresh', 'Read again', () => this.load())}
    </form>`;
  }

  private renderRecords(records: readonly AuditEntry[]): TemplateResult {
    if (records.length === 0)
      return emptyBlock(
        'Nothing is on record that fits',
        'What a plugin reads of a device, and what jobs read and write by its plans, is written down here when it has ended.',
        JSON.stringify(this.filter) === JSON.stringify(NO_FILTER)
          ? []
          : [{ label: 'Show everything', primary: true, run: () => this.setFilter(NO_FILTER) }],
      );
    return html`<p class="dw-muted" role="status">
        ${plural(records.length, 'record')}${this.whole ? '' : '; there are older ones: choose a time, a plugin or a device'}
      </p>
      <dw-table
        data-autofocus
        .label=${'What was read and written'}
        .columns=${COLUMNS}
        .rows=${records}
        .keyOf=${keyOf}
        @dw-select=${(event: CustomEvent<AuditEntry>) => (this.selectedId = event.detail.id)}
        @dw-activate=${(event: CustomEvent<AuditEntry>) => this.showRange(event.detail, event.detail.ranges[0])}
      ></dw-table>
      ${this.renderSelected(records.find(({ id }) => id === this.selectedId))}`;
  }

  private renderSelected(record: AuditEntry | undefined): TemplateResult {
    if (!record)
      return html`<p class="dw-audit-details dw-muted">Select a record to see all its ranges; Enter shows the first one.</p>`;
    const { job, ranges, rounded } = record;
    return html`<section class="dw-audit-details" aria-label="Ranges">
      <p>
        ${whoWords(record)}: ${record.operation} ${amountWords(record)} of ${printable(record.device)}, from
        ${seconds(record.first)} to ${seconds(record.last)}
        ${
          job
            ? html`<button
                type="button"
                class="dw-link-button"
                @click=${() => this.workbench.editors.open({ type: 'job', key: job.id })}
              >
                ${printable(job.title)}
              </button>`
            : nothing
        }
      </p>
      ${rounded ? html`<p class="dw-muted">Not all bytes of these ranges were touched: there were more ranges than are kept, or the job did not write all of them.</p>` : nothing}
      <ul>
        ${ranges.map(
          (range) =>
            html`<li>
              <button type="button" class="dw-link-button" @click=${() => this.showRange(record, range)}>
                ${range[0]}–${range[0] + range[1] - 1}
              </button>
              <span class="dw-muted">${formatSize(range[1])}</span>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private showRange({ device }: AuditEntry, range: [number, number] | undefined): void {
    if (!range) return;
    const [offset, length] = range;
    void this.workbench.editors.open({ type: 'sectors', key: device, params: { offset, length } });
  }

  private setFilter(change: Partial<AuditFilter>): void {
    this.filter = { ...this.filter, ...change };
    this.stateChanged.fire();
    void this.load();
  }

  private async load(): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const { plugin, device, operation, period } = this.filter;
    try {
      const { records, whole } = await this.workbench.host.request(
        'plugins/audit',
        { plugin: plugin || null, device: device || null, operation: operation || null, since: sinceOf(period) },
        asking.signal,
      );
      if (asking.signal.aborted) return;
      if (JSON.stringify(records) !== JSON.stringify(this.records)) this.records = records;
      this.whole = whole;
      this.failure = null;
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    }
  }
}

const keyOf = ({ id }: AuditEntry): string => id;
