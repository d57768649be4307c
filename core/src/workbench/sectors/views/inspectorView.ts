import { html, nothing, type TemplateResult } from 'lit';
import type { ByteView } from '../byteView';
import { asSectorOffset, inspectedLength, interpretations, type Interpretation } from '../model/inspector/interpretations';
import { hexOffset } from '../model/offsetFormat';
import { SectorView } from './sectorView';

/** The bytes at the cursor as numbers, times and text, in both byte orders. */
class InspectorView extends SectorView {
  private editing: { id: string; littleEndian: boolean; problem: string | null } | null = null;

  protected content(editor: ByteView): TemplateResult {
    const { cursor } = editor.selection;
    const document = editor.document!;
    const bytes = document.bytesAt({ offset: cursor, length: inspectedLength });
    if (!bytes) return this.empty('The bytes at the cursor have not been read.');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { unlocked } = document;
    return html`<table class="dw-sectors-table dw-sectors-inspector">
      <caption>
        At offset ${hexOffset(cursor)}${unlocked ? ': double-click or press Enter to change a value' : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Little endian</th>
          <th scope="col">Big endian</th>
        </tr>
      </thead>
      <tbody>
        ${interpretations.map((row) => this.row(row, view))} ${this.sectorRow(view, 32)} ${this.sectorRow(view, 64)}
      </tbody>
    </table>`;
  }

  private row(row: Interpretation, view: DataView): TemplateResult {
    const cells = row.ordered ? [true, false] : [true];
    return html`<tr>
      <th scope="row">${row.title}</th>
      ${cells.map((littleEndian) => this.cell(row, view, littleEndian))}
    </tr>`;
  }

  private cell(row: Interpretation, view: DataView, littleEndian: boolean): TemplateResult {
    const value = view.byteLength >= row.length ? row.read(view, littleEndian) : null;
    const span = row.ordered ? nothing : 2;
    const editable = value !== null && row.write !== undefined && this.editor?.document?.unlocked;
    const { editing } = this;
    if (editable && editing?.id === row.id && editing.littleEndian === littleEndian) {
      return html`<td colspan=${span}>
        <input
          class="dw-input"
          aria-label="${row.title}, new value"
          aria-invalid=${editing.problem ? 'true' : 'false'}
          .value=${value}
          @keydown=${(event: KeyboardEvent) => this.inputKey(event, row, littleEndian)}
          @blur=${() => this.edit(null)}
        />${editing.problem ? html`<div class="dw-sectors-problem" role="alert">${editing.problem}</div>` : ''}
      </td>`;
    }
    const begin = (): void => this.edit({ id: row.id, littleEndian, problem: null });
    return html`<td
      colspan=${span}
      class=${value === null ? 'dw-none' : ''}
      title=${value ?? 'no such value'}
      tabindex=${editable ? '0' : nothing}
      @dblclick=${editable ? begin : nothing}
      @keydown=${editable ? (event: KeyboardEvent) => event.key === 'Enter' && begin() : nothing}
    >
      ${value ?? '–'}
    </td>`;
  }

  private sectorRow(view: DataView, bits: 32 | 64): TemplateResult {
    const { device } = this.editor!.document!;
    const cell = (littleEndian: boolean): TemplateResult => {
      const place = asSectorOffset(view, bits, littleEndian, device);
      if (!place) return html`<td class="dw-none" title="beyond the device">–</td>`;
      const go = (): void => this.editor?.goTo({ offset: place.offset, length: 1 });
      return html`<td><button class="dw-sectors-link" title="Go to this sector" @click=${go}>${place.text}</button></td>`;
    };
    return html`<tr>
      <th scope="row">LBA ${bits}</th>
      ${cell(true)} ${cell(false)}
    </tr>`;
  }

  private edit(editing: InspectorView['editing']): void {
    this.editing = editing;
    this.requestUpdate();
    if (editing) void this.updateComplete.then(() => this.querySelector('input')?.select());
  }

  private inputKey(event: KeyboardEvent, row: Interpretation, littleEndian: boolean): void {
    if (event.key === 'Escape') this.edit(null);
    if (event.key !== 'Enter') return;
    const bytes = new Uint8Array(row.length);
    try {
      row.write!(new DataView(bytes.buffer), (event.target as HTMLInputElement).value, littleEndian);
      const { editor } = this;
      this.edit(null);
      editor?.document
        ?.write(editor.selection.cursor, bytes)
        .catch((error: unknown) => this.sectors.workbench.notifications.error(error));
    } catch (error) {
      this.editing = { id: row.id, littleEndian, problem: error instanceof Error ? error.message : String(error) };
      this.requestUpdate();
    }
  }
}
customElements.define('dw-sector-inspector', InspectorView);
