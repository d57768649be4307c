import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { sizeText } from '../../widgets/shared/sizeText';
import { LightElement } from '../../widgets/lightElement';
import type { LaidPartition } from '../../widgets/diskMap/regions';
import type { PlanningBase } from './applyChanges';
import { ALIGNMENT, alignedWithin } from './limits';
import { partitionTypeProblem, partitionTypes } from './partitionTypes';
import type { Place } from './places';
import { readSize, writeSize } from './sizeInput';
import { sentence } from '../../widgets/shared/errorText';
import './planning.css';

/** What the form was filled with. Bytes. */
export interface PartitionValues {
  start: number;
  size: number;
  type: string;
  name: string;
  bootable: boolean;
}

type NumberField = 'start' | 'size' | 'end';
const FIELDS: readonly { field: NumberField; label: string }[] = [
  { field: 'start', label: 'Start' },
  { field: 'size', label: 'Size' },
  { field: 'end', label: 'End' },
];
let forms = 0;
/** What is drawn anew without being another thing leaves alone what was typed. */
const differs = (now: unknown, before: unknown): boolean => JSON.stringify(now) !== JSON.stringify(before);

/**
 * A partition by numbers. Changing the start or the size moves the end, changing the end changes the size. Fires `partition-submit` with
 * {@link PartitionValues} as its detail.
 */
@customElement('dw-partition-form')
export class PartitionForm extends LightElement {
  @property({ attribute: false }) base!: PlanningBase;
  /** What is edited; null to create one in `place`. */
  @property({ attribute: false, hasChanged: differs }) partition: LaidPartition | null = null;
  /** The free place that it lies in, or may grow into. */
  @property({ attribute: false, hasChanged: differs }) place!: Place;
  /** Why values would not hold; null when they would. */
  @property({ attribute: false }) judge: (values: PartitionValues) => string | null = () => null;
  @state() private texts: Record<NumberField, string> = { start: '', size: '', end: '' };
  @state() private type = '';
  @state() private name = '';
  @state() private bootable = false;
  private readonly formId = `dw-partition-form-${++forms}`;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('partition') || changed.has('place')) this.reset();
  }

  private get sectorSize(): number {
    return this.base.layout.device.sectorSize;
  }

  private get table(): 'gpt' | 'mbr' | 'none' {
    return this.base.layout.table.type;
  }

  private reset(): void {
    const { partition, place } = this;
    const { start, size } = partition ?? alignedWithin(place);
    this.fill(start, size);
    this.type = partition?.type ?? partitionTypes(this.table)[0]!.value;
    this.name = partition?.name ?? '';
    this.bootable = partition?.bootable ?? false;
  }

  private fill(start: number, size: number, except?: NumberField): void {
    const values = { start, size, end: start + size };
    const texts = { ...this.texts };
    for (const { field } of FIELDS) if (field !== except) texts[field] = writeSize(values[field], this.sectorSize);
    this.texts = texts;
  }

  private read(field: NumberField): { bytes: number } | { error: string } {
    const { place, sectorSize } = this;
    const read = readSize(this.texts[field], sectorSize, place.size);
    // A share of the place is counted from where the place begins.
    return 'bytes' in read && field !== 'size' && this.texts[field].includes('%') ? { bytes: place.start + read.bytes } : read;
  }

  protected override render(): TemplateResult {
    const submit = this.partition ? 'Change' : 'Create';
    const values = this.values();
    const problem = values && this.judge(values);
    return html`<form class="dw-partition-form" @submit=${this.submit}>
      ${FIELDS.map(({ field, label }) => this.numberField(field, label))} ${this.typeField()}
      ${
        this.table === 'gpt'
          ? html`<label for="${this.formId}-name">Name</label>
              <input
                class="dw-input"
                id="${this.formId}-name"
                maxlength="36"
                .value=${live(this.name)}
                @input=${(event: InputEvent) => (this.name = (event.target as HTMLInputElement).value)}
              />`
          : nothing
      }
      ${
        this.table === 'mbr' && this.partition
          ? html`<span></span>
              <label
                ><input
                  type="checkbox"
                  .checked=${live(this.bootable)}
                  @change=${(event: Event) => (this.bootable = (event.target as HTMLInputElement).checked)}
                />
                Bootable</label
              >`
          : nothing
      }
      <p class="dw-form-hint">
        Room here: ${sizeText(this.place.size)} at ${sizeText(this.place.start)}. Sizes as 10 MiB, 20480s (sectors), 50% (of what
        is free here) or bytes.
      </p>
      <p class="dw-form-problem dw-field-error" role="status">
        ${problem ? html`<i class="codicon codicon-warning" aria-hidden="true"></i> ${sentence(problem)}` : nothing}
      </p>
      <div class="dw-actions">
        <button class="dw-button dw-primary" type="submit" ?disabled=${values === null || problem !== null}>
          ${submit} partition
        </button>
        <button class="dw-button" type="button" @click=${() => this.reset()}>Reset</button>
      </div>
    </form>`;
  }

  private numberField(field: NumberField, label: string): TemplateResult {
    const read = this.read(field);
    const id = `${this.formId}-${field}`;
    const note = 'error' in read ? read.error : this.sectorNote(field, read.bytes);
    return html`<label for=${id}>${label}</label>
      <div>
        <input
          class="dw-input"
          id=${id}
          spellcheck="false"
          autocomplete="off"
          aria-invalid=${'error' in read}
          aria-describedby="${id}-note"
          .value=${live(this.texts[field])}
          @input=${(event: InputEvent) => this.typed(field, (event.target as HTMLInputElement).value)}
        />
        <span id="${id}-note" class=${'error' in read ? 'dw-field-error' : 'dw-muted'}>${note}</span>
      </div>`;
  }

  /** The same in sectors, as the table beside it has them: the end is the last one. */
  private sectorNote(field: NumberField, bytes: number): string {
    const sectors = bytes / this.sectorSize;
    if (!Number.isInteger(sectors)) return `not a multiple of ${this.sectorSize} bytes`;
    const text = { start: `sector ${sectors}`, size: `${sectors} sectors`, end: `last sector ${sectors - 1}` }[field];
    return `${text}${bytes % ALIGNMENT === 0 ? '' : ', not a multiple of 1 MiB'}`;
  }

  private typeField(): TemplateResult {
    const id = `${this.formId}-type`;
    const problem = partitionTypeProblem(this.table, this.type);
    return html`<label for=${id}>Type</label>
      <div>
        <input
          class="dw-input"
          id=${id}
          list="${id}-list"
          spellcheck="false"
          autocomplete="off"
          aria-invalid=${problem !== null}
          aria-describedby="${id}-note"
          .value=${live(this.type)}
          @input=${(event: InputEvent) => (this.type = (event.target as HTMLInputElement).value.trim())}
        />
        <datalist id="${id}-list">
          ${partitionTypes(this.table).map(({ value, title }) => html`<option value=${value}>${title}</option>`)}
        </datalist>
        <span id="${id}-note" class=${problem ? 'dw-field-error' : 'dw-muted'}>
          ${problem ?? partitionTypes(this.table).find(({ value }) => value === this.type.toLowerCase())?.title ?? ''}
        </span>
      </div>`;
  }

  private typed(field: NumberField, text: string): void {
    this.texts = { ...this.texts, [field]: text };
    const [start, size, end] = [this.read('start'), this.read('size'), this.read('end')];
    if (!('bytes' in start)) return;
    if (field === 'end' && 'bytes' in end && end.bytes > start.bytes) this.fill(start.bytes, end.bytes - start.bytes, 'end');
    else if (field !== 'end' && 'bytes' in size) this.fill(start.bytes, size.bytes, field);
  }

  private values(): PartitionValues | null {
    const [start, size] = [this.read('start'), this.read('size')];
    if (!('bytes' in start) || !('bytes' in size) || partitionTypeProblem(this.table, this.type)) return null;
    return { start: start.bytes, size: size.bytes, type: this.type.toLowerCase(), name: this.name, bootable: this.bootable };
  }

  private submit(event: Event): void {
    event.preventDefault();
    const detail = this.values();
    if (detail && this.judge(detail) === null)
      this.dispatchEvent(new CustomEvent<PartitionValues>('partition-submit', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'dw-partition-form': PartitionForm;
  }
}
