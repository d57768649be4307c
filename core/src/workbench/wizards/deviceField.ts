import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { printable } from '../../common/text/printable';
import type { DeviceLayoutAnswer, Disposable, Workbench } from '../api';
import type { PickOptions } from '../widgets/devicePicker/choices';
import { contentLines } from '../widgets/devicePicker/contentText';
import '../widgets/devicePicker/devicePicker';
import { miniMap } from '../widgets/devicePicker/miniMap';
import { LightElement } from '../widgets/lightElement';
import { afterPress } from '../widgets/shared/afterPress';

/** What follows the device in a volume's name. */
const PARTITION = /#\d+$/;

const PLACEHOLDERS = {
  device: 'Or type a path or an NBD address',
  volume: 'Or type DEVICE#N for partition N',
} as const;

/**
 * A device or a volume of a form: chosen from what is there, by what is on it, or named by hand (an NBD address, a path). Fires `choose` with the
 * name as its detail.
 */
@customElement('dw-device-field')
export class DeviceField extends LightElement {
  @property({ attribute: false }) workbench!: Workbench;
  @property({ attribute: false }) options: PickOptions = { role: 'source', format: 'device' };
  @property() value = '';
  @property() label = 'Device';
  /** Of the text input, for its label. */
  @property({ attribute: false }) inputId = '';
  @property({ type: Boolean }) invalid = false;
  @property({ type: Boolean }) required = false;
  @state() private isChoosing = false;
  @state() private layout: DeviceLayoutAnswer | null = null;
  private asked = '';
  /** The value is being typed, and may go on. */
  private isTyped = false;

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-device-field');
    this.isChoosing = this.value === '';
    keep(
      this.workbench.devices.onDidChangeContent((path) => {
        if (path === this.asked) void this.look(path);
      }),
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('value')) return;
    const path = this.value.trim().replace(this.options.format === 'volume' ? PARTITION : /$^/, '');
    if (path === this.asked) return;
    this.layout = null;
    this.asked = path;
    // Each letter of a name that is typed would be tried as a device; of those only what is known is looked at.
    if (path !== '' && (!this.isTyped || this.isKnown(path))) void this.look(path);
    this.isTyped = false;
  }

  protected override render(): unknown {
    return html`${this.isChoosing ? this.renderPicker() : nothing}
      <div class="dw-field-row">
        <input
          class="dw-input"
          id=${this.inputId}
          type="text"
          spellcheck="false"
          autocomplete="off"
          placeholder=${PLACEHOLDERS[this.options.format]}
          aria-describedby="${this.inputId}-about ${this.inputId}-error"
          aria-invalid=${this.invalid}
          aria-required=${this.required}
          .value=${live(this.value)}
          @input=${this.typed}
          @change=${this.named}
        />
        <button
          type="button"
          class="dw-button"
          aria-expanded=${this.isChoosing}
          @click=${() => (this.isChoosing = !this.isChoosing)}
        >
          ${this.isChoosing ? 'Hide list' : 'Choose…'}
        </button>
      </div>
      ${this.isChoosing ? nothing : this.renderContent()}`;
  }

  private renderPicker(): TemplateResult {
    return html`<dw-device-picker
      .workbench=${this.workbench}
      .options=${this.options}
      .value=${this.value || null}
      .label=${this.label}
      @change=${this.chosen}
    ></dw-device-picker>`;
  }

  /** What is on the chosen device, so that it is not told by its name alone. */
  private renderContent(): unknown {
    const { layout } = this;
    if (!layout) return nothing;
    const { label } = this.workbench.devices;
    return html`<div class="dw-device-field-content">
      <strong>${printable(label.call(this.workbench.devices, this.asked))}</strong>
      ${miniMap(layout)} ${contentLines(layout.layout).map((line) => html`<div>${line}</div>`)}
    </div>`;
  }

  private readonly typed = (event: InputEvent): void => {
    this.isTyped = true;
    this.tell((event.target as HTMLInputElement).value);
  };

  private readonly chosen = (event: CustomEvent<string>): void => {
    event.stopPropagation();
    // The picker's own search box fires one, too, without a name.
    if (typeof event.detail !== 'string') return;
    this.isChoosing = false;
    this.tell(event.detail);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.dw-field-row button')?.focus());
  };

  /** A name that was typed to its end is looked at, known or not. */
  private readonly named = (): void => {
    if (this.value.trim() === '') return;
    afterPress(() => {
      this.isChoosing = false;
      void this.look(this.asked);
    });
  };

  private tell(name: string): void {
    this.value = name;
    this.dispatchEvent(new CustomEvent<string>('choose', { detail: name }));
  }

  private isKnown(path: string): boolean {
    const { disks = [], opened = [], overlays = [] } = this.workbench.devices.list ?? {};
    const names = [
      ...disks.map((disk) => disk.path),
      ...opened.map((device) => device.path),
      ...overlays.map(({ name }) => name),
    ];
    return names.includes(path);
  }

  private async look(path: string): Promise<void> {
    const found = await this.workbench.devices.layout(path).catch(() => null);
    if (this.asked === path) this.layout = found;
  }
}
