import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { plural } from '../../../common/text/size';
import type { Workbench } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import { callout } from '../../widgets/parts';
import { emptyBlock, errorBlock } from '../../widgets/shared/blocks';
import { PatientRead } from '../../widgets/shared/patientRead';
import { sizeText } from '../../widgets/shared/sizeText';
import { cancelledBlock, waitingBlock } from '../../widgets/shared/waiting';
import { type FileEntry, shownName, typeWords } from '../model/fileEntry';
import type { VolumeFiles } from '../model/volumeFiles';
import { type ContentKind, kindOf, pictureType, textOf } from './contentKind';
import './hexRows';
import './pictureView';
import './textViewer';

/** Of one request. */
const PIECE_BYTES = 1024 * 1024;
/** In the page's memory at most. */
const MAX_BYTES = 32 * PIECE_BYTES;
const KINDS: readonly { kind: ContentKind; label: string }[] = [
  { kind: 'text', label: 'Text' },
  { kind: 'picture', label: 'Picture' },
  { kind: 'hex', label: 'Hex' },
];

interface Shown {
  bytes: Uint8Array<ArrayBuffer>;
  unreadable: ByteRange[];
}

/** `<dw-file-preview>`: the beginning of a file as text, as a picture or as hex; more of it on demand. */
@customElement('dw-file-preview')
export class FilePreview extends LightElement {
  @property({ attribute: false }) entry: FileEntry | null = null;
  @property({ attribute: false }) files: VolumeFiles | null = null;
  /** Null for what fits best. */
  @state() private chosen: ContentKind | null = null;
  private wanted = PIECE_BYTES;
  private shown: Shown | null = null;
  private read: PatientRead<Shown> | null = null;

  constructor(private readonly workbench: Workbench) {
    super();
  }

  override disconnectedCallback(): void {
    this.read?.dispose();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('entry') || changed.has('files')) this.begin();
  }

  private begin(): void {
    this.read?.dispose();
    this.read = null;
    this.shown = null;
    this.chosen = null;
    this.wanted = PIECE_BYTES;
    const { entry, files } = this;
    if (!entry || !files || entry.type !== 'file' || entry.size === 0) return;
    this.read = new PatientRead(
      (signal) => this.readTo(files, entry, Math.min(this.wanted, entry.size), signal),
      () => this.onRead(),
    );
    void this.read.start();
  }

  private onRead(): void {
    if (this.read?.state.kind === 'known') this.shown = this.read.state.value;
    this.requestUpdate();
  }

  /** What is there already is not read again. */
  private async readTo(files: VolumeFiles, { node }: FileEntry, end: number, signal: AbortSignal): Promise<Shown> {
    const before = this.shown;
    const bytes = new Uint8Array(end);
    if (before) bytes.set(before.bytes);
    const unreadable = [...(before?.unreadable ?? [])];
    for (let offset = before?.bytes.length ?? 0; offset < end;) {
      const length = Math.min(PIECE_BYTES, end - offset);
      const piece = await files.read(node, { offset, length }, signal);
      if (piece.bytes.length === 0) return { bytes: bytes.slice(0, offset), unreadable };
      bytes.set(piece.bytes, offset);
      unreadable.push(...piece.unreadable);
      offset += piece.bytes.length;
    }
    return { bytes, unreadable };
  }

  protected override render(): TemplateResult {
    const { entry } = this;
    if (!entry) return emptyBlock('Nothing is selected', 'Select a file to see what is in it.');
    if (entry.type !== 'file') {
      const open = entry.type === 'directory' ? ' Enter opens it.' : entry.type === 'symlink' ? ' Enter goes to its target.' : '';
      return emptyBlock(`${typeWords(entry.type)}`, `There is no content to be shown.${open}`);
    }
    if (entry.size === 0) return emptyBlock('Empty file', 'It has no bytes.');
    return this.shown ? this.content(entry, this.shown) : this.waiting(entry);
  }

  private waiting(entry: FileEntry): TemplateResult {
    const { read } = this;
    const again = (): void => void read?.start();
    switch (read?.state.kind) {
      case 'failed':
        return errorBlock('The file cannot be read', read.state.error, [{ label: 'Try Again', run: again }]);
      case 'cancelled':
        return cancelledBlock(shownName(entry), again);
      case 'waiting':
        return waitingBlock(this.workbench.devices.label(this.files!.device), () => read.cancel());
      default:
        return html`<p class="dw-muted dw-preview-note" role="status">Reading…</p>`;
    }
  }

  private content(entry: FileEntry, { bytes, unreadable }: Shown): TemplateResult {
    const isCut = bytes.length < entry.size;
    const kind = this.chosen ?? kindOf(bytes, isCut);
    const failure = this.read?.state.kind === 'failed' ? this.read.state.error : null;
    return html`<div class="dw-preview-head">
        <div class="dw-preview-kinds" role="group" aria-label="Shown as">
          ${KINDS.filter((each) => each.kind !== 'picture' || pictureType(bytes)).map(
            (each) =>
              html`<button
                type="button"
                class="dw-button"
                aria-pressed=${each.kind === kind}
                @click=${() => (this.chosen = each.kind)}
              >
                ${each.label}
              </button>`,
          )}
        </div>
        ${isCut ? this.more(entry, bytes.length) : nothing}
      </div>
      ${
        unreadable.length > 0
          ? callout('warning', `${plural(unreadable.length, 'range')} could not be read; zeros stand there.`)
          : nothing
      }
      ${failure ? errorBlock('No more of the file can be read', failure) : nothing}
      <div class="dw-preview-content">${this.as(kind, entry, bytes, isCut)}</div>`;
  }

  private more(entry: FileEntry, shown: number): TemplateResult {
    const busy = this.read?.state.kind === 'reading' || this.read?.state.kind === 'waiting';
    const isPicture = this.chosen === null && pictureType(this.shown!.bytes) !== null;
    const next = isPicture ? Math.min(entry.size, MAX_BYTES) - shown : Math.min(PIECE_BYTES, entry.size - shown);
    const button = html`<button type="button" class="dw-button" ?disabled=${busy} @click=${() => this.showMore(shown + next)}>
      Show ${sizeText(next)} more
    </button>`;
    return html`<span class="dw-muted" role="status">The first ${sizeText(shown)} of ${sizeText(entry.size)}</span>
      ${shown < MAX_BYTES ? button : nothing}`;
  }

  private showMore(wanted: number): void {
    this.wanted = wanted;
    void this.read?.start();
  }

  private as(kind: ContentKind, entry: FileEntry, bytes: Uint8Array<ArrayBuffer>, isCut: boolean): TemplateResult {
    const label = `Content of ${shownName(entry)}`;
    const type = pictureType(bytes);
    if (kind === 'picture' && type) {
      if (isCut) return emptyBlock('The picture is larger than what was read', 'Show the rest of it with the button above.');
      return html`<dw-picture-view .bytes=${bytes} .type=${type} .label=${shownName(entry)}></dw-picture-view>`;
    }
    if (kind === 'hex') return html`<dw-hex-rows .bytes=${bytes} .label=${label}></dw-hex-rows>`;
    // Of what is no text, what can be made of it: that is what the user asked for.
    const text = textOf(bytes, isCut) ?? new TextDecoder('latin1').decode(bytes);
    return html`<dw-text-viewer .text=${text} .label=${label}></dw-text-viewer>`;
  }
}
