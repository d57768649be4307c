import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { sizeText } from '../widgets/shared/sizeText';
import type { Disposable, Workbench } from '../api';
import { LightElement } from '../widgets/lightElement';
import { callout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { PatientRead } from '../widgets/shared/patientRead';
import { cancelledBlock, waitingBlock, waitingCallout } from '../widgets/shared/waiting';
import {
  type AllocationCells,
  type AllocationMapAnswer,
  cellRange,
  cellsOf,
  fullness,
  summary,
  zoomedRange,
} from './allocationCells';
import './allocationEditor.css';
import { CELL_PITCH, cellAt, type CellGrid, gridFor } from './cellGrid';
import { paintCells } from './paintCells';

const CONFIDENCE = {
  exact: 'Exact: the filesystem accounts for every block.',
  conservative: 'Conservative: all that is used is shown, and some of it may be free.',
  unknown: 'Unknown: what is used cannot be told, so all of it counts as used.',
} as const;
const SUMMARY_ROWS = 32;
const ZOOM_STEP = 4;

/** How full a volume is, cell by cell. Arrows move, Enter opens the sectors, plus, minus and 0 zoom. */
@customElement('dw-allocation-editor')
export class AllocationEditor extends LightElement {
  @state() private answer: AllocationMapAnswer | null = null;
  @state() private cursor = 0;
  @state() private hovered: number | null = null;
  @state() private grid: CellGrid = { columns: 1, rows: 1 };
  @state() private range: ByteRange | null = null;
  @state() private volumeStart = 0;
  /** Of the whole volume. */
  @state() private size = 0;
  private cells: AllocationCells | null = null;
  private readonly read = new PatientRead(
    (signal) => this.ask(signal),
    () => this.onRead(),
  );

  constructor(
    private readonly workbench: Workbench,
    private readonly path: string,
    private readonly partition: number,
    saved: unknown,
  ) {
    super();
    this.range = (saved as { range?: ByteRange | null } | undefined)?.range ?? null;
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-allocation-editor', 'dw-tool-page');
    const observer = new ResizeObserver(([entry]) => this.resize(entry!.contentRect));
    keep({ dispose: () => observer.disconnect() });
    void this.updateComplete.then(() => observer.observe(this.querySelector('.dw-allocation-frame')!));
    const theme = new MutationObserver(() => this.paint());
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    keep({ dispose: () => theme.disconnect() });
    keep(this.workbench.devices.onDidChangeContent((path) => path === this.path && void this.read.start()));
  }

  saveState(): { range: ByteRange | null } {
    return { range: this.range };
  }

  dispose(): void {
    this.read.dispose();
  }

  private resize({ width, height }: DOMRectReadOnly): void {
    const grid = gridFor(width - 2, height - 2);
    if (grid.columns === this.grid.columns && grid.rows === this.grid.rows) return;
    this.grid = grid;
    void this.read.start();
  }

  private async ask(signal: AbortSignal): Promise<AllocationMapAnswer> {
    const { columns, rows } = this.grid;
    const { devices, host } = this.workbench;
    const { deviceId } = await devices.open(this.path, undefined, signal);
    const volume = { deviceId, partition: this.partition };
    if (this.size === 0) {
      const info = await host.request('volumes/info', volume, signal);
      this.volumeStart = info.offset;
      this.size = info.size;
    }
    const range = this.range ? { range: this.range } : {};
    return host.request('volumes/allocationMap', { ...volume, cells: columns * rows, ...range }, signal);
  }

  private onRead(): void {
    const { state: read } = this.read;
    if (read.kind === 'known') {
      this.answer = read.value;
      this.cells = cellsOf(read.value);
      this.cursor = Math.min(this.cursor, Math.max(0, (this.cells?.used.length ?? 1) - 1));
    }
    this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    this.paint();
  }

  private paint(): void {
    const canvas = this.querySelector('canvas');
    if (!canvas || !this.cells) return;
    const ratio = devicePixelRatio;
    const width = this.grid.columns * CELL_PITCH;
    const height = Math.ceil(this.cells.used.length / this.grid.columns) * CELL_PITCH;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, ratio, ratio);
    const style = getComputedStyle(this);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const colours = {
      used: colour('--dw-allocation-used'),
      free: colour('--dw-allocation-free'),
      border: colour('--dw-foreground'),
      cursor: colour('--dw-focus'),
      background: colour('--dw-background'),
    };
    paintCells(context, this.grid, this.cells.used, colours, { cursor: this.cursor, hovered: this.hovered });
  }

  protected override render(): TemplateResult {
    const title = `${this.workbench.devices.label(this.path)}, ${this.partition === 0 ? 'whole device' : `partition ${this.partition}`}`;
    const isFailed = this.read.state.kind === 'failed';
    return html`<div class="dw-tool-frame dw-allocation-page">
      <h1 class="dw-tool-title">${icon('table')}Allocation map of ${title}</h1>
      ${this.notice()} ${isFailed ? nothing : this.head()}
      <div class="dw-allocation-frame">${isFailed ? nothing : this.map(title)}</div>
      ${!isFailed && this.cells ? this.table(this.cells) : nothing}
    </div>`;
  }

  /** That it cannot be read, or is waited for. */
  private notice(): TemplateResult | typeof nothing {
    const { state: read } = this.read;
    const label = this.workbench.devices.label(this.path);
    const again = (): void => void this.read.start();
    const cancel = (): void => this.read.cancel();
    if (read.kind === 'failed')
      return errorBlock('The allocation cannot be read', read.error, [{ label: 'Try Again', primary: true, run: again }]);
    if (read.kind === 'waiting') return this.answer ? waitingCallout(label, cancel) : waitingBlock(label, cancel);
    return read.kind === 'cancelled' && !this.answer ? cancelledBlock('The allocation', again) : nothing;
  }

  private head(): TemplateResult | typeof nothing {
    const { answer, cells } = this;
    if (!answer)
      return this.read.state.kind === 'reading'
        ? html`<p class="dw-muted" role="status">Reading what is used… This takes longer on a large volume.</p>`
        : nothing;
    if (!cells) {
      return callout(
        'warning',
        html`${CONFIDENCE.unknown} ${answer.reasons.map((reason) => html`<div>${sentence(reason)}</div>`)}`,
      );
    }
    const share = this.size === 0 ? 0 : (answer.usedBytes / this.size) * 100;
    return html`
      <p>
        ${sizeText(answer.usedBytes)} of ${sizeText(this.size)} used (${share > 0 && share < 1 ? '< 1' : Math.round(share)} %).
        ${CONFIDENCE[answer.confidence]} ${answer.reasons.map((reason) => html`<span>${sentence(reason)} </span>`)}
      </p>
      <div class="dw-allocation-bar">
        <strong class="dw-allocation-scale">${scaleText(answer)}</strong>
        <span class="dw-allocation-legend" aria-label="Legend">
          <span class="dw-allocation-swatch dw-free-cell" aria-hidden="true"></span>free
          <span class="dw-allocation-swatch dw-half-cell" aria-hidden="true"></span>half used
          <span class="dw-allocation-swatch dw-used-cell" aria-hidden="true"></span>used
        </span>
        <span class="dw-actions">
          ${this.tool('zoom-in', 'Zoom in at the cell (+)', () => this.zoom(1 / ZOOM_STEP), false)}
          ${this.tool('zoom-out', 'Zoom out (−)', () => this.zoom(ZOOM_STEP), this.range === null)}
          ${this.tool('screen-normal', 'Whole volume (0)', () => this.show(null), this.range === null)}
          <button type="button" class="dw-button" @click=${() => this.openSectors()}>
            ${icon('file-binary')}Sectors of the cell
          </button>
        </span>
      </div>
      <p class="dw-allocation-cell" role="status">${this.cellText(cells)}</p>
    `;
  }

  private tool(name: string, title: string, run: () => void, disabled: boolean): TemplateResult {
    return html`<button
      type="button"
      class="dw-icon-button"
      title=${title}
      aria-label=${title}
      ?disabled=${disabled}
      @click=${run}
    >
      ${icon(name)}
    </button>`;
  }

  private cellText(cells: AllocationCells): string {
    const cell = this.hovered ?? this.cursor;
    const { offset, length } = cellRange(cells, cell);
    return `Cell ${cell + 1} of ${cells.used.length}: ${fullness(cells.used[cell] ?? 0)}, bytes ${offset} – ${offset + length - 1} of the volume (${sizeText(offset)})`;
  }

  private map(title: string): TemplateResult {
    if (this.answer && !this.cells) {
      return emptyBlock('There is no map', 'What is used cannot be told. Its sectors can still be looked at.', [
        {
          label: 'Open Sectors',
          run: () =>
            this.workbench.commands.run('devices.openSectors', { path: this.path, offset: this.volumeStart, length: 512 }),
        },
      ]);
    }
    return html`<canvas
      data-autofocus
      tabindex="0"
      role="application"
      aria-roledescription="allocation map"
      aria-label="Allocation map of ${title}. Arrow keys go from cell to cell; the table below says the same."
      @keydown=${this.onKey}
      @pointermove=${(event: PointerEvent) => (this.hovered = this.cellOf(event))}
      @pointerleave=${() => (this.hovered = null)}
      @click=${(event: MouseEvent) => (this.cursor = this.cellOf(event) ?? this.cursor)}
      @dblclick=${() => this.openSectors()}
      @wheel=${{ handleEvent: this.onWheel, passive: false }}
    ></canvas>`;
  }

  private table(cells: AllocationCells): TemplateResult {
    return html`<details class="dw-allocation-summary">
      <summary>The same as a table</summary>
      <table class="dw-table">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Length</th>
            <th scope="col">Used</th>
          </tr>
        </thead>
        <tbody>
          ${summary(cells, SUMMARY_ROWS).map(
            ({ offset, length, used }) =>
              html`<tr>
                <td>${sizeText(offset)} <span class="dw-muted">byte ${offset}</span></td>
                <td>${sizeText(length)}</td>
                <td>${fullness(used)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`;
  }

  private cellOf(event: MouseEvent): number | null {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return this.cells && cellAt(this.grid, this.cells.used.length, event.clientX - box.left - 1, event.clientY - box.top - 1);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.cells) return;
    const { columns, rows } = this.grid;
    const last = this.cells.used.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: this.cursor + 1,
      ArrowLeft: this.cursor - 1,
      ArrowDown: this.cursor + columns,
      ArrowUp: this.cursor - columns,
      PageDown: this.cursor + columns * Math.ceil(rows / 2),
      PageUp: this.cursor - columns * Math.ceil(rows / 2),
      Home: 0,
      End: last,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      this.cursor = Math.min(Math.max(move, 0), last);
      this.hovered = null;
    } else if (event.key === '+' || event.key === '=') this.zoom(1 / ZOOM_STEP);
    else if (event.key === '-') this.zoom(ZOOM_STEP);
    else if (event.key === '0') this.show(null);
    else if (event.key === 'Enter') this.openSectors();
    else return;
    event.preventDefault();
  }

  private readonly onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.cursor = this.cellOf(event) ?? this.cursor;
    this.zoom(event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP);
  };

  private zoom(factor: number): void {
    const { cells, answer } = this;
    if (!cells || !answer) return;
    const anchor = cellRange(cells, this.cursor).offset;
    const range = zoomedRange(cells.range, factor, anchor, this.size, answer.blockSize ?? 4096);
    this.show(range.length >= this.size ? null : range, anchor);
  }

  /** @param anchor the byte whose cell keeps the cursor */
  private show(range: ByteRange | null, anchor = 0): void {
    this.range = range;
    void this.read.start().then(() => {
      if (!this.cells) return;
      const cell = Math.floor((anchor - this.cells.range.offset) / this.cells.cellBytes);
      this.cursor = Math.min(Math.max(cell, 0), this.cells.used.length - 1);
    });
  }

  private openSectors(): void {
    if (!this.cells) return;
    const { offset, length } = cellRange(this.cells, this.cursor);
    void this.workbench.commands.run('devices.openSectors', { path: this.path, offset: this.volumeStart + offset, length });
  }
}

/** `1 cell = 64 KiB (16 blocks of 4 KiB)`. */
function scaleText({ cellBytes, blockSize }: AllocationMapAnswer): string {
  const blocks = blockSize ? cellBytes / blockSize : null;
  const words =
    blocks === null
      ? ''
      : ` (${Number.isInteger(blocks) ? blocks : blocks.toFixed(2)} ${blocks === 1 ? 'block' : 'blocks'} of ${sizeText(blockSize!)})`;
  return `1 cell = ${sizeText(cellBytes)}${words}`;
}

function sentence(text: string): string {
  const clean = printable(text);
  return `${clean.charAt(0).toUpperCase()}${clean.slice(1)}${/[.!?]$/.test(clean) ? '' : '.'}`;
}
