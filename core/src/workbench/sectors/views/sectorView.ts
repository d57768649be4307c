import { html, type TemplateResult } from 'lit';
import type { Disposable } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import type { ByteView } from '../byteView';
import type { ActiveChange, Sectors } from '../sectors';

/** A view of what the active sector editor shows. */
export abstract class SectorView extends LightElement {
  /** Set by who makes it, before it is shown. */
  sectors!: Sectors;

  protected get editor(): ByteView | null {
    return this.sectors.active;
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(
      this.sectors.onDidChangeActive((change) => {
        if (this.concerns(change)) this.requestUpdate();
      }),
    );
    this.requestUpdate();
  }

  /** Whether it shows something else after such a change. */
  protected concerns(change: ActiveChange): boolean {
    return change !== 'scroll';
  }

  protected override render(): TemplateResult {
    const { editor } = this;
    if (!editor?.document)
      return this.empty('No device is open here.', 'Open one from the Devices view, or with', 'sectors.open', 'Open a device…');
    return this.content(editor);
  }

  protected abstract content(editor: ByteView): TemplateResult;

  /** An empty view says what to do. */
  protected empty(words: string, todo = '', command = '', label = ''): TemplateResult {
    const run = (): void => void this.sectors.workbench.commands.run(command);
    return html`<div class="dw-sectors-empty">
      <p>${words}</p>
      ${todo ? html`<p>${todo}</p>` : ''} ${command ? html`<button class="dw-button" @click=${run}>${label}</button>` : ''}
    </div>`;
  }
}
