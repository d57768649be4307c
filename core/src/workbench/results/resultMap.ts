import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { ByteRange, ViewResult } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import { LightElement } from '../widgets/lightElement';
import { categoryTotals, mapCells, type MapCell } from './mapCells';

type MapView = Extract<ViewResult, { view: 'map' }>;

const MOST_CELLS = 8192;
const CELL_PIXELS = 9;
const COLOURS = ['blue', 'gray', 'green', 'orange', 'purple', 'yellow', 'teal', 'red', 'pink'];

/** Many units, each of one category: as coloured cells, and the same as a table. */
@customElement('dw-result-map')
export class ResultMap extends LightElement {
  @state() private width = 0;
  @state() private focused = 0;
  private readonly cells: readonly MapCell[];
  private readonly unitsPerCell: number;
  private readonly totals: ReadonlyMap<string, number>;

  constructor(
    private readonly map: MapView,
    private readonly jump: ((range: ByteRange) => void) | null,
  ) {
    super();
    ({ cells: this.cells, unitsPerCell: this.unitsPerCell } = mapCells(map.runs, MOST_CELLS));
    this.totals = categoryTotals(map.runs);
  }

  protected override attach(keep: (item: { dispose(): void }) => void): void {
    const observer = new ResizeObserver(([entry]) => (this.width = Math.floor(entry!.contentRect.width)));
    observer.observe(this);
    keep({ dispose: () => observer.disconnect() });
    const theme = new MutationObserver(() => this.requestUpdate());
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    keep({ dispose: () => theme.disconnect() });
  }

  protected override render(): unknown {
    const { unit } = this.map;
    const total = [...this.totals.values()].reduce((sum, count) => sum + count, 0);
    const leads = this.jump !== null && this.map.place !== undefined;
    return html`<p>
        A unit is: ${printable(unit)}. There are ${plural(total, 'unit')},
        ${this.unitsPerCell === 1 ? 'each a cell.' : `${this.unitsPerCell} in each cell; striped cells hold more than one category.`}
      </p>
      <canvas
        class="dw-result-map"
        tabindex="0"
        role="img"
        aria-label="Map: ${this.focusedText()}"
        title=${leads ? 'Arrow keys move; Enter or a click opens the sectors' : nothing}
        @keydown=${this.pressed}
        @click=${this.clicked}
        @pointermove=${this.moved}
      ></canvas>
      <p role="status" class="dw-muted">${this.focusedText()}</p>
      <table class="dw-table dw-result-legend">
        <thead>
          <tr>
            <th scope="col">Category</th>
            <th scope="col" class="dw-number">Units</th>
            <th scope="col" class="dw-number">Share</th>
          </tr>
        </thead>
        <tbody>
          ${this.map.legend.map(({ id, label }, index) => this.renderCategory(id, label, index, total))}
        </tbody>
      </table>`;
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    if (canvas && this.width > 0) this.draw(canvas);
  }

  private renderCategory(id: string, label: string, index: number, total: number): TemplateResult {
    const count = this.totals.get(id) ?? 0;
    return html`<tr>
      <td><span class="dw-swatch dw-swatch-${colourName(index)}"></span>${printable(label)}</td>
      <td class="dw-number">${count}</td>
      <td class="dw-number">${shareText(count, total)}</td>
    </tr>`;
  }

  private get columns(): number {
    return Math.max(1, Math.floor(this.width / CELL_PIXELS));
  }

  private draw(canvas: HTMLCanvasElement): void {
    const rows = Math.ceil(this.cells.length / this.columns);
    const scale = window.devicePixelRatio;
    canvas.width = this.columns * CELL_PIXELS * scale;
    canvas.height = rows * CELL_PIXELS * scale;
    canvas.style.width = `${this.columns * CELL_PIXELS}px`;
    canvas.style.height = `${rows * CELL_PIXELS}px`;
    const context = canvas.getContext('2d')!;
    const style = getComputedStyle(this);
    const colours = new Map(
      this.map.legend.map(({ id }, index) => [id, style.getPropertyValue(`--dw-chart-${colourName(index)}`).trim()]),
    );
    context.scale(scale, scale);
    const side = CELL_PIXELS - 1;
    for (const [index, { category, pure }] of this.cells.entries()) {
      const [x, y] = [(index % this.columns) * CELL_PIXELS, Math.floor(index / this.columns) * CELL_PIXELS];
      context.fillStyle = colours.get(category) ?? style.getPropertyValue('--dw-foreground-muted');
      if (pure) context.fillRect(x, y, side, side);
      else for (let stripe = 0; stripe < side; stripe += 3) context.fillRect(x, y + stripe, side, 2);
    }
    context.strokeStyle = style.getPropertyValue('--dw-foreground-strong');
    context.lineWidth = 2;
    const [x, y] = [(this.focused % this.columns) * CELL_PIXELS, Math.floor(this.focused / this.columns) * CELL_PIXELS];
    context.strokeRect(x, y, side, side);
  }

  private focusedText(): string {
    const cell = this.cells[this.focused];
    if (!cell) return 'nothing';
    const label = this.map.legend.find(({ id }) => id === cell.category)?.label ?? cell.category;
    const range = this.rangeOf(cell);
    const units = cell.units === 1 ? `unit ${cell.first}` : `units ${cell.first} to ${cell.first + cell.units - 1}`;
    return printable(`${units}: ${cell.pure ? '' : 'mostly '}${label}${range ? `, byte ${range.offset}` : ''}`);
  }

  private rangeOf({ first, units }: MapCell): ByteRange | null {
    const { place } = this.map;
    return place ? { offset: place.offset + first * place.unitBytes, length: units * place.unitBytes } : null;
  }

  private open(): void {
    const cell = this.cells[this.focused];
    const range = cell && this.rangeOf(cell);
    if (range) this.jump?.(range);
  }

  private cellAt({ offsetX, offsetY }: MouseEvent): number | null {
    const column = Math.floor(offsetX / CELL_PIXELS);
    const index = Math.floor(offsetY / CELL_PIXELS) * this.columns + column;
    return column < this.columns && index >= 0 && index < this.cells.length ? index : null;
  }

  private readonly moved = (event: PointerEvent): void => {
    this.focused = this.cellAt(event) ?? this.focused;
  };

  private readonly clicked = (event: MouseEvent): void => {
    if (this.cellAt(event) !== null) this.open();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns };
    const step = steps[event.key];
    if (event.key === 'Enter') this.open();
    else if (event.key === 'Home') this.focused = 0;
    else if (event.key === 'End') this.focused = this.cells.length - 1;
    else if (step !== undefined) this.focused = Math.min(this.cells.length - 1, Math.max(0, this.focused + step));
    else return;
    event.preventDefault();
  };
}

/** A category that is there has a share, however small. */
function shareText(count: number, total: number): string {
  const percent = total > 0 ? (100 * count) / total : 0;
  return count > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}

const colourName = (index: number): string => COLOURS[index % COLOURS.length]!;
