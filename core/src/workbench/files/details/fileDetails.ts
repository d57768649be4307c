import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Workbench } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import { type FileEntry, shownName } from '../model/fileEntry';
import type { NodePlace, VolumeFiles } from '../model/volumeFiles';
import { FilePreview } from '../preview/filePreview';
import { FileProperties } from './fileProperties';

const TABS = [
  { id: 'preview', label: 'Preview' },
  { id: 'properties', label: 'Properties' },
] as const;
export type DetailsTab = (typeof TABS)[number]['id'];

/** `<dw-file-details>`: content and properties of what is selected, one of both at a time: what is not looked at is not read. */
@customElement('dw-file-details')
export class FileDetails extends LightElement {
  @property({ attribute: false }) entry: FileEntry | null = null;
  /** Of what is selected; of the directory when nothing is. */
  @property({ attribute: false }) place: NodePlace | null = null;
  @property({ attribute: false }) files: VolumeFiles | null = null;
  @state() tab: DetailsTab = 'preview';
  private readonly preview: FilePreview;
  private readonly properties: FileProperties;

  constructor(workbench: Workbench) {
    super();
    this.preview = new FilePreview(workbench);
    this.properties = new FileProperties(workbench);
  }

  /** Shows one of both and gives it the focus. */
  show(tab: DetailsTab): void {
    this.tab = tab;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[role="tab"][aria-selected="true"]`)?.focus());
  }

  protected override render(): TemplateResult {
    const { tab, preview, properties } = this;
    if (tab === 'preview') Object.assign(preview, { entry: this.entry, files: this.files });
    else Object.assign(properties, { place: this.place, files: this.files });
    return html`<div class="dw-file-tabs" role="tablist" aria-label="Details" @keydown=${this.onKeyDown}>
        ${TABS.map(
          ({ id, label }) =>
            html`<button
              type="button"
              role="tab"
              id=${`dw-file-tab-${id}`}
              aria-selected=${id === tab}
              aria-controls="dw-file-panel"
              tabindex=${id === tab ? 0 : -1}
              @click=${() => (this.tab = id)}
            >
              ${label}
            </button>`,
        )}
        <span class="dw-file-tabs-name"><bdi>${this.entry ? shownName(this.entry) : ''}</bdi></span>
      </div>
      <div id="dw-file-panel" class="dw-file-panel" role="tabpanel" aria-labelledby=${`dw-file-tab-${tab}`}>
        ${tab === 'preview' ? preview : properties}
      </div>`;
  }

  private readonly onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowLeft' || key === 'ArrowRight') this.show(this.tab === 'preview' ? 'properties' : 'preview');
  };
}
