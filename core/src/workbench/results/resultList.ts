import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { ListColumn, ListEnd, OpenList } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import type { Disposable, Workbench } from '../api';
import { LightElement } from '../widgets/lightElement';
import { errorCallout, progressBar } from '../widgets/parts';
import { sizeText } from '../widgets/shared/sizeText';
import '../widgets/shared/table';
import type { Table, TableColumn } from '../widgets/shared/table';
import { type CommandProgress, onProgressOf } from '../wizards/commandProgress';

interface Row {
  index: number;
  item: Record<string, unknown>;
}

/** Pixels below what is in sight at which the next page is asked for. */
const PULL_AHEAD = 2000;
/** Rows of a command that works, which are pulled without being looked at. */
const MAX_OF_WORK = 200_000;
const WIDTHS: Record<ListColumn['kind'], number> = { text: 120, bytes: 120, count: 80, time: 170 };
const LAST_WIDTH = 480;

/** A list of a plugin: pages are pulled as the reader comes near the end of what is there. */
@customElement('dw-result-list')
export class ResultList extends LightElement {
  @state() private rows: Row[] = [];
  @state() private end: ListEnd | null = null;
  @state() private failure: unknown = null;
  @query('dw-table') private table!: Table<Row> | null;
  /** What the command does while its list is pulled, as an extraction; null for one that only lists. */
  @state() private work: CommandProgress | null = null;
  @state() private isStopped = false;
  private pulling = false;
  private closed = false;
  private readonly reports: Disposable;

  /** @param token under which the command reports what it does */
  constructor(
    private readonly workbench: Workbench,
    private readonly list: OpenList,
    token: string,
  ) {
    super();
    this.className = 'dw-result-list';
    this.reports = onProgressOf(workbench.host, token, (progress) => (this.work = progress));
    // Of what scrolls inside; scrolling does not bubble.
    this.addEventListener('scroll', this.pullIfNear, { capture: true, passive: true });
  }

  /** The command is doing something that ends where it is when the list is closed. */
  get isWorking(): boolean {
    return this.work !== null && this.end === null && this.failure === null && !this.closed;
  }

  /** The list is not looked at any more. */
  dispose(): void {
    this.reports.dispose();
    if (this.closed || this.end) return;
    this.closed = true;
    // A window that is gone, or a list that has ended, has nothing to close.
    void this.workbench.host.request('commands/closeList', { handle: this.list.handle }).catch(() => undefined);
  }

  protected override firstUpdated(): void {
    void this.pull();
  }

  protected override render(): TemplateResult {
    return html`${this.failure ? errorCallout(this.failure) : nothing}
      ${this.isWorking ? this.working(this.work!) : html`<p class="dw-muted" role="status">${this.status()}</p>`}
      <dw-table .label=${this.list.title} .columns=${this.columns()} .rows=${this.rows} .keyOf=${keyOf}></dw-table>`;
  }

  private working({ stage, share, done }: CommandProgress): TemplateResult {
    const told = this.rows.length > 0 ? `; ${plural(this.rows.length, 'row')} so far` : '';
    return html`<div class="dw-result-work">
      <span role="status">${capitalized(stage)}: ${sizeText(done)}${told}</span>
      ${progressBar(stage, share)}
      <button type="button" class="dw-button" @click=${() => this.stop()}>Stop</button>
    </div>`;
  }

  /** What was done until then stays. */
  private stop(): void {
    this.isStopped = true;
    this.dispose();
  }

  private status(): string {
    const count = plural(this.rows.length, 'row');
    if (this.isStopped) return `${count}; it was stopped, and what was done until then stays.`;
    if (this.failure) return `${count}; the list broke off.`;
    if (!this.end && this.rows.length === 0) return 'Running…';
    if (!this.end) return `${count} so far; more come as you scroll.`;
    return this.end.message === null ? `${count}.` : `${count}. ${printable(this.end.message)}`;
  }

  private columns(): TableColumn<Row>[] {
    const columns = this.list.columns.map((column, index): TableColumn<Row> => {
      const isNumber = column.kind === 'bytes' || column.kind === 'count';
      return {
        id: column.field,
        title: printable(column.title),
        width: index === this.list.columns.length - 1 ? LAST_WIDTH : WIDTHS[column.kind],
        number: isNumber,
        text: ({ item }) => cellText(column, item[column.field]),
        // Half of a list in order would say that the rest is in it, too.
        compare: null,
      };
    });
    const problem: TableColumn<Row> = {
      id: 'error',
      title: 'Problem',
      width: LAST_WIDTH,
      text: ({ item }) => printable(String(item['error'] ?? '')),
      compare: null,
    };
    return this.rows.some(({ item }) => item['error'] !== undefined) ? [...columns, problem] : columns;
  }

  private readonly pullIfNear = (): void => {
    const scroller = this.table?.querySelector('.dw-rows');
    // Work must not wait for somebody who scrolls.
    if (this.isWorking && this.rows.length < MAX_OF_WORK) return void this.pull();
    if (!scroller) return;
    if (scroller.scrollTop + scroller.clientHeight + PULL_AHEAD >= scroller.scrollHeight) void this.pull();
  };

  private async pull(): Promise<void> {
    if (this.pulling || this.end || this.failure !== null || this.closed) return;
    this.pulling = true;
    try {
      const { items, end } = await this.workbench.host.request('commands/page', { handle: this.list.handle });
      const from = this.rows.length;
      this.rows = [...this.rows, ...items.map((item, index) => ({ index: from + index, item }))];
      this.end = end;
    } catch (error) {
      // What was stopped ends in an error of its own.
      if (!this.closed) this.failure = error;
    } finally {
      this.pulling = false;
    }
    await this.updateComplete;
    await this.table?.updateComplete;
    this.pullIfNear();
  }
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const keyOf = ({ index }: Row): string => String(index);

function cellText({ kind }: ListColumn, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'time' && typeof value === 'number') {
    const time = new Date(value);
    return Number.isNaN(time.getTime())
      ? String(value)
      : time
          .toISOString()
          .replace(/\.\d+Z$/, 'Z')
          .replace('T', ' ');
  }
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
