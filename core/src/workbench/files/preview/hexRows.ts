import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../widgets/shared/rows.css';
import { ROW_HEIGHT, VirtualRows } from '../../widgets/shared/virtualRows';

const BYTES_PER_ROW = 16;

/** `<dw-hex-rows>`: the first bytes of something as a hex dump. */
@customElement('dw-hex-rows')
export class HexRows extends VirtualRows {
  @property({ attribute: false }) bytes: Uint8Array = new Uint8Array(0);

  protected override get rowCount(): number {
    return Math.ceil(this.bytes.length / BYTES_PER_ROW);
  }

  protected override onActiveChanged(): void {
    // Nothing else goes by the row.
  }

  protected override render(): TemplateResult {
    const { first, end } = this.drawn;
    const active = this.activeRow >= first && this.activeRow < end;
    return html`<div
      class="dw-rows dw-hex-rows"
      role="listbox"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${active ? this.rowId(this.activeRow) : nothing}
      @scroll=${this.onScroll}
      @keydown=${this.onKeyDown}
    >
      <div class="dw-rows-space" role="none" style="height:${this.rowCount * ROW_HEIGHT}px">
        ${Array.from({ length: end - first }, (_, index) => this.row(first + index))}
      </div>
    </div>`;
  }

  private row(index: number): TemplateResult {
    const offset = index * BYTES_PER_ROW;
    const bytes = [...this.bytes.subarray(offset, offset + BYTES_PER_ROW)];
    const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
    const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return html`<div
      id=${this.rowId(index)}
      class="dw-row"
      role="option"
      aria-setsize=${this.rowCount}
      aria-posinset=${index + 1}
      aria-selected=${index === this.activeRow}
      style="top:${index * ROW_HEIGHT}px"
      @click=${() => this.activate(index)}
    >
      <span class="dw-hex-offset">${offset.toString(16).padStart(8, '0').toUpperCase()}</span
      ><span class="dw-hex-digits">${digits.padEnd(BYTES_PER_ROW * 3 - 1)}</span><span>${text}</span>
    </div>`;
  }

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    if (!this.moveByKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
