import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { printable } from '../../../common/text/printable';
import { sizeText } from '../shared/sizeText';
import type { DeviceLayoutAnswer, Disposable, Workbench } from '../../api';
import { deviceBadges } from '../../devices/deviceBadges';
import { LightElement } from '../lightElement';
import { icon } from '../parts';
import { showError } from '../shared/errorText';
import { PatientRead, type ReadState } from '../shared/patientRead';
import { type DeviceChoice, deviceChoices, type PickOptions, refusal, volumeRefusal } from './choices';
import { contentLines, volumeText } from './contentText';
import './devicePicker.css';
import { LastMounts } from './lastMounts';
import { miniMap } from './miniMap';

const ICONS: Record<DeviceChoice['kind'], string> = { disk: 'vm', opened: 'file', overlay: 'layers' };
let pickers = 0;

/** An option of the list: what it is chosen by, and why it cannot be. */
interface Option {
  value: string;
  refused: string | null;
}

/**
 * A list of devices by what is on them, to choose one, or with `format: 'volume'` one of their volumes. What cannot be chosen stays visible
 * and says why. Fires `change`, with the chosen name (a path, an overlay's name, or `path#N`) as its detail.
 */
@customElement('dw-device-picker')
export class DevicePicker extends LightElement {
  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) options: PickOptions = { role: 'source', format: 'device' };
  @property() value: string | null = null;
  @property() label = 'Device';
  @state() private filter = '';
  @state() private active: string | null = null;
  private readonly reads = new Map<string, PatientRead<DeviceLayoutAnswer>>();
  private mounts: LastMounts | null = null;
  private readonly pickerId = `dw-picker-${++pickers}`;

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-device-picker');
    const { devices } = this.workbench;
    this.mounts = LastMounts.of(this.workbench);
    keep(this.mounts.onDidChange(() => this.requestUpdate()));
    keep(devices.onDidChange(() => this.requestUpdate()));
    keep(
      devices.onDidChangeContent((path) => {
        this.reads.get(path)?.dispose();
        this.reads.delete(path);
        this.requestUpdate();
      }),
    );
    keep({ dispose: () => this.forgetAll() });
  }

  /** What nobody looks at any more is not waited for. */
  private forgetAll(): void {
    for (const read of this.reads.values()) read.dispose();
    this.reads.clear();
  }

  protected override updated(changed: PropertyValues): void {
    for (const { path, error } of this.choices()) if (!error && !this.reads.has(path)) this.look(path);
    if (changed.has('active')) this.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }

  private choices(): DeviceChoice[] {
    const { list } = this.workbench.devices;
    return list ? deviceChoices(list) : [];
  }

  private look(path: string): void {
    const read = new PatientRead(
      (signal) => this.workbench.devices.layout(path, signal),
      () => this.requestUpdate(),
    );
    this.reads.set(path, read);
    void read.start();
  }

  private stateOf(path: string): ReadState<DeviceLayoutAnswer> {
    return this.reads.get(path)?.state ?? { kind: 'reading' };
  }

  private layoutOf(path: string): DeviceLayoutAnswer | null {
    const state = this.stateOf(path);
    return state.kind === 'known' ? state.value : null;
  }

  private refusalOf(choice: DeviceChoice): string | null {
    const state = this.stateOf(choice.path);
    const unreadable =
      state.kind === 'failed' ? showError(state.error).message : state.kind === 'cancelled' ? 'what is on it was not read' : null;
    return refusal(choice, this.options) ?? unreadable;
  }

  /** In the order in which they are shown. */
  private selectable(choice: DeviceChoice): Option[] {
    if (this.options.format === 'device') return [{ value: choice.path, refused: this.refusalOf(choice) }];
    const layout = this.layoutOf(choice.path)?.layout;
    if (!layout) return [];
    if (layout.table.type === 'none') {
      return [{ value: `${choice.path}#0`, refused: volumeRefusal(choice, this.options, 0, layout.device.size) }];
    }
    return layout.partitions
      .filter(({ role }) => role !== 'extended')
      .map(({ number, size }) => ({
        value: `${choice.path}#${number}`,
        refused: volumeRefusal(choice, this.options, number, size),
      }));
  }

  protected override render(): TemplateResult {
    const all = this.choices();
    const shown = all.filter((choice) => this.isFound(choice));
    const options = shown.flatMap((choice) => this.selectable(choice));
    const active = options.some(({ value }) => value === this.active) ? this.active : this.value;
    return html`
      <div class="dw-picker-bar">
        <input
          class="dw-input"
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls=${this.pickerId}
          aria-activedescendant=${active && options.some(({ value }) => value === active) ? this.optionId(active) : nothing}
          aria-label=${`${this.label}: search`}
          placeholder="Search by name, serial or label"
          .value=${this.filter}
          @input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => this.onKey(event, options)}
        />
        <button type="button" class="dw-button" @click=${this.openImage}>${icon('folder-opened')}Open image…</button>
      </div>
      <div
        class="dw-picker-list"
        id=${this.pickerId}
        role="listbox"
        aria-label=${this.label}
        tabindex="0"
        @keydown=${(event: KeyboardEvent) => this.onKey(event, options)}
      >
        ${shown.map((choice) => this.device(choice, active))}
      </div>
      ${shown.map(({ path, error }) => (error ? nothing : this.unread(path)))}
      ${
        shown.length > 0
          ? nothing
          : html`<p class="dw-muted" role="status">
              ${all.length > 0 ? 'Nothing matches the search.' : this.workbench.devices.list ? 'There is no disk here, and no image was opened yet. Open an image to choose it.' : 'Looking for devices…'}
            </p>`
      }
    `;
  }

  /** The way out of waiting for a device, and back; below the list, since an option has no buttons. */
  private unread(path: string): TemplateResult | typeof nothing {
    const { kind } = this.stateOf(path);
    if (kind === 'reading' || kind === 'known') return nothing;
    const read = this.reads.get(path);
    const label = this.workbench.devices.label(path);
    const isWaiting = kind === 'waiting';
    const text = isWaiting
      ? `Waiting for ${label}: it has not answered yet. The others can be chosen meanwhile.`
      : `What is on ${label} was not read.`;
    return html`<div class="dw-actions dw-picker-unread">
      <span role="status">${text}</span>
      <button
        type="button"
        class="dw-link-button"
        aria-label=${isWaiting ? `Cancel waiting for ${label}` : `Try again to read ${label}`}
        @click=${() => (isWaiting ? read?.cancel() : void read?.start())}
      >
        ${isWaiting ? 'Cancel' : 'Try again'}
      </button>
    </div>`;
  }

  private isFound({ path, facts }: DeviceChoice): boolean {
    const layout = this.layoutOf(path)?.layout;
    const text = [path, this.workbench.devices.label(path), ...facts, ...(layout ? contentLines(layout) : [])].join(' ');
    return this.filter
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.toLowerCase().includes(word));
  }

  private device(choice: DeviceChoice, active: string | null): TemplateResult {
    if (this.options.format === 'device') {
      return this.option(
        { value: choice.path, refused: this.refusalOf(choice) },
        active,
        this.about(choice, this.contentOf(choice)),
      );
    }
    const answer = this.layoutOf(choice.path);
    const refused = answer ? null : this.refusalOf(choice);
    const note = this.about(choice, refused === null ? this.contentOf(choice) : renderRefusal(refused));
    return html`<div role="group" aria-label=${this.workbench.devices.label(choice.path)} class="dw-picker-group">
      ${answer ? this.about(choice, nothing) : note}
      ${this.selectable(choice).map((option) => this.option(option, active, this.volume(choice, option.value)))}
    </div>`;
  }

  private option({ value, refused }: Option, active: string | null, content: unknown): TemplateResult {
    return html`<div
      role="option"
      id=${this.optionId(value)}
      class="dw-picker-option"
      ?data-active=${value === active}
      aria-selected=${value === this.value}
      aria-disabled=${refused !== null}
      @click=${() => this.choose({ value, refused })}
    >
      ${icon(value === this.value ? 'pass-filled' : refused ? 'circle-slash' : 'circle-large-outline')}
      <div class="dw-picker-content">${content} ${refused ? renderRefusal(refused) : nothing}</div>
    </div>`;
  }

  private about(choice: DeviceChoice, content: unknown): TemplateResult {
    const answer = this.layoutOf(choice.path);
    const facts = [...(choice.size === null ? [] : [sizeText(choice.size)]), ...choice.facts];
    return html`<div class="dw-picker-about">
      <div class="dw-picker-title">
        ${icon(ICONS[choice.kind])}<strong>${this.workbench.devices.label(choice.path)}</strong>
        <span class="dw-muted">${printable(facts.join(' · '))}</span> ${deviceBadges(choice)}
      </div>
      <div class="dw-picker-path dw-muted">${printable(choice.path)}</div>
      ${answer ? miniMap(answer) : nothing} ${content}
    </div>`;
  }

  private volume({ path }: DeviceChoice, value: string): TemplateResult {
    const number = Number(value.slice(path.length + 1));
    const { layout } = this.layoutOf(path)!;
    const partition = layout.partitions.find((candidate) => candidate.number === number);
    const mount = (partition ? partition.filesystem : layout.volume) ? this.mounts?.of(path, number) : null;
    const text = partition
      ? `Partition ${number} · ${volumeText(partition, partition.size, partition.name || partition.typeName)}`
      : `Whole device · ${volumeText({ filesystem: layout.volume, container: layout.container }, layout.device.size, null)}`;
    return html`<div>${text}</div>
      ${mount ? html`<div class="dw-muted">last mounted on ${printable(mount)}</div>` : nothing}`;
  }

  /** What is on a device; or that it is not known yet. Why it never will be is the reason that it cannot be chosen. */
  private contentOf({ path, error }: DeviceChoice): TemplateResult | typeof nothing {
    if (error) return nothing;
    const state = this.stateOf(path);
    if (state.kind === 'reading') return html`<div class="dw-picker-lines dw-muted">Reading what is on it…</div>`;
    if (state.kind === 'waiting') return html`<div class="dw-picker-lines dw-muted">Waiting: it has not answered yet.</div>`;
    if (state.kind !== 'known') return nothing;
    const lines = contentLines(state.value.layout, (partition) => this.mounts?.of(path, partition) ?? null);
    return html`<div class="dw-picker-lines">${lines.map((line) => html`<div>${line}</div>`)}</div>`;
  }

  private optionId(value: string): string {
    return `${this.pickerId}-${value}`.replace(/\s/g, '_');
  }

  private onKey(event: KeyboardEvent, options: readonly Option[]): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = options.findIndex(({ value }) => value === (this.active ?? this.value));
    const isSearch = event.target instanceof HTMLInputElement;
    const targets: Record<string, number> = {
      ArrowDown: Math.min(index + 1, options.length - 1),
      ArrowUp: Math.max(index - 1, 0),
      ...(isSearch ? {} : { Home: 0, End: options.length - 1 }),
    };
    const target = targets[event.key];
    const chosen = event.key === 'Enter' || (event.key === ' ' && !isSearch);
    if (target === undefined && !chosen) return;
    event.preventDefault();
    if (chosen) {
      if (options[index]) this.choose(options[index]);
    } else this.active = options[target!]?.value ?? null;
  }

  private choose({ value, refused }: Option): void {
    this.active = value;
    if (refused !== null) return;
    this.value = value;
    this.dispatchEvent(new CustomEvent<string>('change', { detail: value, bubbles: true }));
  }

  private readonly openImage = async (): Promise<void> => {
    const { devices, dialogs, notifications } = this.workbench;
    const path = await dialogs.chooseFile({ title: 'Open Image', mode: 'open' });
    if (!path) return;
    try {
      const opened = await devices.open(path);
      devices.refresh();
      this.filter = '';
      if (this.options.format === 'device')
        this.choose({ value: opened.path, refused: this.options.excluded?.get(opened.path) ?? null });
    } catch (error) {
      notifications.error(error);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'dw-device-picker': DevicePicker;
  }
}

const renderRefusal = (reason: string): TemplateResult =>
  html`<div class="dw-picker-refusal">${icon('warning')}Cannot be chosen: ${printable(reason)}</div>`;
