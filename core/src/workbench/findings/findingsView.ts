import type { Finding } from '@diskwright/sdk/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Disposable, Workbench } from '../api';
import { findingItem } from '../results/findingItem';
import { LightElement } from '../widgets/lightElement';
import { emptyBlock } from '../widgets/shared/blocks';
import type { DeviceFindings, FindingsModel } from './findingsModel';
import './findingsView.css';

type Severity = Finding['severity'];
const SEVERITIES: readonly { value: Severity | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'error', label: 'Errors' },
  { value: 'warning', label: 'Warnings' },
  { value: 'info', label: 'Notes' },
];

/** What was noticed on all devices that were looked at, by device, with what to do next. */
@customElement('dw-findings-view')
export class FindingsView extends LightElement {
  @state() private severity: Severity | 'all' = 'all';
  @state() private text = '';

  constructor(
    private readonly workbench: Workbench,
    private readonly model: FindingsModel,
  ) {
    super();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    this.classList.add('dw-findings-view');
    keep(this.model.onDidChange(() => this.requestUpdate()));
  }

  protected override render(): TemplateResult {
    const all = this.model.all();
    if (all.length === 0) {
      return emptyBlock(
        'No findings',
        'Nothing was noticed on the devices that were looked at. Open a device, or check one of its volumes, and what is wrong with it is listed here.',
        [{ label: 'Open Image…', run: () => this.workbench.commands.run('devices.openFile') }],
      );
    }
    const shown = all
      .map((device) => this.filtered(device))
      .filter(({ items, checked }) => items.length > 0 || (checked.length > 0 && this.unfiltered));
    return html`
      <div class="dw-findings-bar">
        <input
          class="dw-input"
          type="search"
          placeholder="Filter"
          aria-label="Filter findings by text"
          .value=${this.text}
          @input=${(event: InputEvent) => (this.text = (event.target as HTMLInputElement).value)}
        />
        <select
          class="dw-select"
          aria-label="Severity"
          @change=${(event: Event) => (this.severity = (event.target as HTMLSelectElement).value as Severity)}
        >
          ${SEVERITIES.map(({ value, label }) => html`<option value=${value} ?selected=${value === this.severity}>${label}</option>`)}
        </select>
      </div>
      <div class="dw-findings-groups" tabindex="0" role="region" aria-label="Findings by device">
        ${shown.length === 0 ? html`<p class="dw-muted">No finding matches the filter.</p>` : shown.map((device) => this.group(device))}
      </div>
    `;
  }

  private get unfiltered(): boolean {
    return this.text === '' && this.severity === 'all';
  }

  private filtered(device: DeviceFindings): DeviceFindings {
    const text = this.text.toLowerCase();
    const items = device.items.filter(
      ({ finding }) =>
        (this.severity === 'all' || finding.severity === this.severity) &&
        `${finding.message} ${finding.todo ?? ''} ${finding.code} ${device.path}`.toLowerCase().includes(text),
    );
    return { ...device, items };
  }

  private group({ path, items, checked }: DeviceFindings): TemplateResult {
    const { commands, devices } = this.workbench;
    return html`<section aria-label=${devices.label(path)}>
      <h3>
        ${devices.label(path)}
        <button class="dw-link-button" @click=${() => commands.run('devices.openLayout', { path })}>Open layout</button>
      </h3>
      <ul>
        ${items.map(
          ({ finding, partition }) =>
            html`<li>
              ${findingItem(finding, ({ offset, length }) => void commands.run('devices.openSectors', { path, offset, length }))}
              ${partition === null ? nothing : html`<span class="dw-muted">by the check of ${partition === 0 ? 'the whole device' : `partition ${partition}`}</span>`}
            </li>`,
        )}
      </ul>
      ${items.length === 0 ? html`<p class="dw-muted">${checkedText(checked)}: nothing is wrong.</p>` : nothing}
    </section>`;
  }
}

function checkedText(numbers: readonly number[]): string {
  return numbers.includes(0)
    ? 'The whole device was checked'
    : `Checked: partition ${[...numbers].sort((a, b) => a - b).join(', ')}`;
}
