import { html, nothing, type TemplateResult } from 'lit';
import type { OwnerLink } from '../../../common/workbench';
import { printable } from '../../../common/text/printable';
import type { Disposable } from '../../api';
import { errorBlock } from '../../widgets/shared/blocks';
import { sizeText } from '../../widgets/shared/sizeText';
import type { ByteView } from '../byteView';
import type { OwnersState } from '../data/cursorOwners';
import { hexOffset } from '../model/offsetFormat';
import type { ActiveChange } from '../sectors';
import { SectorView } from './sectorView';

const LAYERS: Readonly<Record<string, { icon: string; words: string }>> = {
  device: { icon: 'database', words: 'Device' },
  table: { icon: 'table', words: 'Partition table' },
  partition: { icon: 'layout', words: 'Partition' },
  gap: { icon: 'dash', words: 'Between partitions' },
  volume: { icon: 'layers', words: 'Volume' },
  allocated: { icon: 'circle-filled', words: 'Use' },
  free: { icon: 'circle-outline', words: 'Use' },
  structure: { icon: 'symbol-structure', words: 'Structure' },
  field: { icon: 'symbol-field', words: 'Field' },
  file: { icon: 'file', words: 'File' },
};
const UNKNOWN_LAYER = { icon: 'symbol-misc', words: 'Part' };

/** The way from the device down to the byte at the cursor: every hop selects its bytes, and files and volumes lead to the files editor. */
class OwnersView extends SectorView {
  protected override attach(keep: (item: Disposable) => void): void {
    super.attach(keep);
    keep(this.sectors.owners.onDidChange(() => this.requestUpdate()));
  }

  protected override concerns(change: ActiveChange): boolean {
    return change === 'editor' || change === 'document';
  }

  protected content(editor: ByteView): TemplateResult {
    const { state } = this.sectors.owners;
    if (!state || state.kind === 'asking')
      return html`<p class="dw-sectors-note" role="status">Asking what the byte belongs to…</p>`;
    if (state.kind === 'failed') {
      const again = { label: 'Try Again', run: () => this.sectors.owners.again() };
      return errorBlock('What the byte belongs to cannot be told', state.error, [again]);
    }
    return this.chain(editor, state);
  }

  private chain(editor: ByteView, { place, chain, incomplete }: OwnersState & { kind: 'known' }): TemplateResult {
    const volume = chain.find(({ layer }) => layer === 'volume')?.path;
    return html`<ol class="dw-sectors-owners" aria-label=${`What the byte at ${hexOffset(place.offset)} belongs to`}>
        ${chain.map((link, depth) => this.hop(editor, link, depth, volume))}
      </ol>
      ${
        incomplete
          ? html`<p class="dw-sectors-note" role="status">
              The rest is being found out: for most filesystems that means going through all files.
            </p>`
          : nothing
      }`;
  }

  private hop(editor: ByteView, link: OwnerLink, depth: number, volume: string | undefined): TemplateResult {
    const { icon, words } = LAYERS[link.layer] ?? UNKNOWN_LAYER;
    const select = (): void => editor.goTo({ offset: link.offset, length: link.length });
    const what = printable(this.nameOf(link));
    return html`<li style="padding-left:${depth * 14}px">
      <button type="button" class="dw-sectors-hop" title="Select these bytes" @click=${select}>
        <i class="codicon codicon-${icon}" aria-hidden="true"></i> <span class="dw-sectors-hop-layer">${words}</span>
        <bdi class="dw-sectors-hop-what">${what}</bdi>
        <span class="dw-sectors-place">${hexOffset(link.offset)}, ${sizeText(link.length)}</span></button
      >${this.way(link, volume)}
    </li>`;
  }

  private nameOf({ layer, what, path }: OwnerLink): string {
    if (layer === 'device') return this.sectors.workbench.devices.label(path ?? what);
    return (layer === 'file' && path) || what;
  }

  /** To where the same thing is shown otherwise. */
  private way(link: OwnerLink, volume: string | undefined): unknown {
    const { editors, commands } = this.sectors.workbench;
    const button = (label: string, run: () => unknown): TemplateResult =>
      html`<button type="button" class="dw-link-button" @click=${run}>${label}</button>`;
    if (link.layer === 'device') return button('Show layout', () => commands.run('devices.openLayout', { path: link.path }));
    if (volume === undefined) return nothing;
    if (link.layer === 'volume') return button('Browse files', () => editors.open({ type: 'files', key: volume }));
    if (link.layer !== 'file') return nothing;
    return button('Show among files', () => editors.open({ type: 'files', key: volume, params: { path: link.path } }));
  }
}
customElements.define('dw-sector-owners', OwnersView);
