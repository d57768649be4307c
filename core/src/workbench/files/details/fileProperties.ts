import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange, NamedRange } from '@diskwright/sdk/protocol';
import { printable } from '../../../common/text/printable';
import { plural } from '../../../common/text/size';
import type { WorkbenchResult } from '../../../common/workbench';
import type { Workbench } from '../../api';
import { LightElement } from '../../widgets/lightElement';
import { errorCallout, icon } from '../../widgets/parts';
import { decodeBase64 } from '../../widgets/shared/base64';
import { emptyBlock, errorBlock } from '../../widgets/shared/blocks';
import { PatientRead } from '../../widgets/shared/patientRead';
import { sizeText } from '../../widgets/shared/sizeText';
import { cancelledBlock, waitingBlock } from '../../widgets/shared/waiting';
import type { NodePlace, VolumeFiles } from '../model/volumeFiles';
import { textOf } from '../preview/contentKind';
import { type Fact, fileFacts } from './fileFacts';

/** Drawn of a list; a badly fragmented file has many thousands. */
const MAX_ROWS = 200;
const MAX_VALUE_CHARACTERS = 200;

/** A part that may fail by itself: damage to one does not hide the others. */
type Part<T> = { value: T } | { error: unknown };
interface Known {
  stat: WorkbenchResult<'volumeFiles/stat'>;
  streams: Part<WorkbenchResult<'volumeFiles/streams'>>;
  /** Null where the provider does not tell. */
  extents: Part<WorkbenchResult<'volumeFiles/extents'> | null>;
  /** Null where it has none. */
  record: Part<NamedRange | null>;
}

/** `<dw-file-properties>`: all that is recorded of a node, its streams, and where it lies. */
@customElement('dw-file-properties')
export class FileProperties extends LightElement {
  @property({ attribute: false }) place: NodePlace | null = null;
  @property({ attribute: false }) files: VolumeFiles | null = null;
  private read: PatientRead<Known> | null = null;

  constructor(private readonly workbench: Workbench) {
    super();
  }

  override disconnectedCallback(): void {
    this.read?.dispose();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('place') && !changed.has('files')) return;
    this.read?.dispose();
    const { place, files } = this;
    this.read =
      place && files
        ? new PatientRead(
            (signal) => readAll(files, place.node, signal),
            () => this.requestUpdate(),
          )
        : null;
    void this.read?.start();
  }

  protected override render(): TemplateResult {
    const { read, place } = this;
    if (!read || !place) return emptyBlock('Nothing is selected', 'Select a file or directory to see what is recorded of it.');
    const again = (): void => void read.start();
    switch (read.state.kind) {
      case 'reading':
        return html`<p class="dw-muted dw-preview-note" role="status">Reading…</p>`;
      case 'waiting':
        return waitingBlock(this.workbench.devices.label(this.files!.device), () => read.cancel());
      case 'cancelled':
        return cancelledBlock(printable(place.path), again);
      case 'failed':
        return errorBlock('What is recorded of it cannot be read', read.state.error, [{ label: 'Try Again', run: again }]);
      case 'known':
        return this.content(place, read.state.value);
    }
  }

  private content({ path }: NodePlace, { stat, streams, extents, record }: Known): TemplateResult {
    return html`<div class="dw-file-properties" tabindex="0" role="region" aria-label="Properties">
      ${factList(fileFacts(path, stat))}
      ${
        stat.details.length > 0
          ? html`<h2>As the filesystem has it</h2>
              ${factList(stat.details)}`
          : nothing
      }
      ${part(record, (known) => (known ? this.recordLine(known) : nothing))}
      ${part(streams, (known) => (known.total > 0 ? streamTable(known) : nothing))}
      ${part(extents, (known) => (known && known.total > 0 ? this.extentTable(known) : nothing))}
    </div>`;
  }

  private recordLine({ name, ...range }: NamedRange): TemplateResult {
    return html`<h2>Where it is recorded</h2>
      <p class="dw-file-record">
        ${capitalized(printable(name))}, ${sizeText(range.length)} at byte ${range.offset}
        ${this.sectorsButton(range, `Show sectors of the record at byte ${range.offset}`)}
      </p>`;
  }

  private sectorsButton({ offset, length }: ByteRange, label: string): TemplateResult {
    return html`<button
      type="button"
      class="dw-link-button"
      aria-label=${label}
      @click=${() => this.workbench.commands.run('devices.openSectors', { path: this.files!.device, offset, length })}
    >
      ${icon('file-binary')} Show sectors
    </button>`;
  }

  private extentTable({ extents, total }: WorkbenchResult<'volumeFiles/extents'>): TemplateResult {
    return html`<h2>Where it lies: ${plural(total, 'extent')}</h2>
      <table class="dw-table">
        <thead>
          <tr>
            <th scope="col" class="dw-number">Byte of the device</th>
            <th scope="col" class="dw-number">Length</th>
            <th scope="col"><span class="dw-visually-hidden">Sectors</span></th>
          </tr>
        </thead>
        <tbody>
          ${extents.slice(0, MAX_ROWS).map((extent) => this.extentRow(extent))}
        </tbody>
      </table>
      ${total > MAX_ROWS ? html`<p class="dw-muted">The first ${MAX_ROWS} of ${total}.</p>` : nothing}`;
  }

  private extentRow({ offset, length }: ByteRange): TemplateResult {
    return html`<tr>
      <td class="dw-number">${offset}</td>
      <td class="dw-number">${sizeText(length)}</td>
      <td>${this.sectorsButton({ offset, length }, `Show sectors at byte ${offset}`)}</td>
    </tr>`;
  }
}

async function readAll(files: VolumeFiles, node: string, signal: AbortSignal): Promise<Known> {
  const extents = files.extents(node, signal).catch((error: unknown) => {
    if (error instanceof NotSupportedError) return null;
    throw error;
  });
  const [stat, streams, places, record] = await Promise.all([
    files.stat(node, signal),
    settled(files.streams(node, signal)),
    settled(extents),
    settled(files.record(node, signal)),
  ]);
  return { stat, streams, extents: places, record };
}

const settled = <T>(promise: Promise<T>): Promise<Part<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const part = <T>(known: Part<T>, draw: (value: T) => unknown): unknown =>
  'error' in known ? errorCallout(known.error) : draw(known.value);

function factList(facts: readonly Fact[]): TemplateResult {
  return html`<dl class="dw-facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${printable(name)}</dt>
          <dd>${printable(value)}</dd>`,
    )}
  </dl>`;
}

function streamTable({ streams, total }: WorkbenchResult<'volumeFiles/streams'>): TemplateResult {
  return html`<h2>Named streams and extended attributes</h2>
    <table class="dw-table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="dw-number">Size</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        ${streams.slice(0, MAX_ROWS).map(
          ({ name, size, value }) =>
            html`<tr>
              <td>${printable(name)}</td>
              <td class="dw-number">${sizeText(size)}</td>
              <td class="dw-mono">${value === undefined ? '' : valueText(decodeBase64(value))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${total > MAX_ROWS ? html`<p class="dw-muted">The first ${MAX_ROWS} of ${total}.</p>` : nothing}`;
}

/** As text where it is some, else as hex. */
function valueText(bytes: Uint8Array): string {
  const text = textOf(bytes, false)?.replace(/\0$/, '');
  const shown = text === undefined ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') : printable(text);
  return shown.length > MAX_VALUE_CHARACTERS ? `${shown.slice(0, MAX_VALUE_CHARACTERS)}…` : shown;
}
