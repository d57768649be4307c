import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { DeviceLayout, Finding } from '@diskwright/sdk/protocol';
import type { Disposable, Workbench } from '../api';
import { printable } from '../../common/text/printable';
import { removeOverlay } from '../devices/removeOverlay';
import { findingItem } from '../results/findingItem';
import '../widgets/copyText';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { isCancellation } from '../widgets/shared/errorText';

interface CheckedVolume {
  title: string;
  findings: Finding[];
  /** Why it could not be checked. */
  failure: unknown;
}

/** What a plan would make of one of its targets. */
export interface SimulatedResult {
  overlay: string;
  /** The target's name in the plan. */
  target: string;
  /** It was made just now, and the list of devices may not have it yet. */
  isNew: boolean;
}

/** The result of a simulated plan: an overlay, a device like any other, to be opened, checked, exported or removed. */
@customElement('dw-simulation')
export class SimulationPanel extends LightElement {
  @state() private checked: CheckedVolume[] | null = null;
  @state() private exported: { exportId: string; uri: string } | null = null;
  @state() private busy: { text: string; control: AbortController } | null = null;
  @state() private failure: unknown = null;
  private isNew: boolean;

  /** @param onRemoved the overlay is gone */
  constructor(
    private readonly workbench: Workbench,
    readonly result: Readonly<SimulatedResult>,
    private readonly onRemoved: () => void,
  ) {
    super();
    this.isNew = result.isNew;
  }

  private get overlay(): string {
    return this.result.overlay;
  }

  dispose(): void {
    this.busy?.control.abort();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    keep(this.workbench.devices.onDidChange(() => this.requestUpdate()));
  }

  protected override render(): unknown {
    const overlays = this.workbench.devices.list?.overlays;
    const isListed = overlays?.some(({ name }) => name === this.overlay);
    if (isListed) this.isNew = false;
    if (isListed === false && !this.isNew && !this.busy)
      return callout('info', 'The simulated result was removed. Simulate the plan again to look into it.');
    return callout(
      'success',
      html`<div>
          Simulated: the result on the ${printable(this.result.target)} is the overlay <strong>${this.overlay}</strong>, a device
          like any other. Nothing was written to the device itself.
        </div>
        <div class="dw-actions">${this.renderActions()}</div>
        ${this.busy ? this.renderBusy(this.busy) : nothing} ${this.failure ? errorCallout(this.failure) : nothing}
        ${this.exported ? this.renderExport(this.exported.uri) : nothing} ${this.checked ? renderChecked(this.checked) : nothing}`,
    );
  }

  private renderActions(): TemplateResult {
    const { editors } = this.workbench;
    const open = (type: string): void => void editors.open({ type, key: this.overlay });
    const action = (name: string, label: string, run: () => unknown): TemplateResult =>
      // Not `disabled`, which would take the focus from the button that was pressed.
      html`<button type="button" class="dw-button" aria-disabled=${this.busy !== null} @click=${() => this.busy ?? run()}>
        ${icon(name)}${label}
      </button>`;
    return html`${action('layout', 'Open layout', () => open('layout'))}
    ${action('file-binary', 'Open sectors', () => open('sectors'))}
    ${action('checklist', 'Check volumes', () => this.checkVolumes())}
    ${
      this.exported
        ? action('debug-disconnect', 'Stop exporting', () => this.stopExport())
        : action('plug', 'Export over NBD', () => this.startExport())
    }
    ${action('trash', 'Remove result', () => this.removeResult())}`;
  }

  private renderBusy({ text, control }: { text: string; control: AbortController }): TemplateResult {
    return html`<div class="dw-actions">
      <span role="status">${text}</span>
      <button type="button" class="dw-button" @click=${() => control.abort()}>Cancel</button>
    </div>`;
  }

  private renderExport(uri: string): TemplateResult {
    return html`<div class="dw-simulation-export">
      <span>Exported, read-only, until you stop it or the host ends:</span>
      <dw-copy-text .text=${uri} .label=${'NBD address'}></dw-copy-text>
    </div>`;
  }

  private checkVolumes(): Promise<void> {
    return this.run('Checking the volumes…', async (signal) => {
      const { host, devices } = this.workbench;
      const { deviceId } = await devices.open(this.overlay);
      const { layout } = await host.request('devices/layout', { deviceId }, signal);
      const checked: CheckedVolume[] = [];
      for (const { partition, title } of volumesOf(layout)) {
        const found = host.request('volumes/check', { deviceId, partition }, signal);
        const result = await found.then(
          ({ findings }) => ({ title, findings, failure: null }),
          (failure: unknown) => ({ title, findings: [], failure }),
        );
        signal.throwIfAborted();
        checked.push(result);
      }
      this.checked = checked;
    });
  }

  private startExport(): Promise<void> {
    return this.run('Starting the export…', async (signal) => {
      const { host, devices } = this.workbench;
      const { deviceId } = await devices.open(this.overlay);
      this.exported = await host.request('exports/start', { deviceId, socketPath: null, writable: false }, signal);
    });
  }

  private stopExport(): Promise<void> {
    const { exportId } = this.exported!;
    return this.run('Ending the export…', async (signal) => {
      await this.workbench.host.request('exports/stop', { exportId }, signal);
      this.exported = null;
    });
  }

  private removeResult(): Promise<void> {
    return this.run('Removing…', async (signal) => {
      if (this.exported) await this.workbench.host.request('exports/stop', { exportId: this.exported.exportId }, signal);
      this.exported = null;
      if (await removeOverlay(this.workbench, this.overlay)) this.onRemoved();
    });
  }

  private async run(text: string, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const control = new AbortController();
    this.busy = { text, control };
    this.failure = null;
    try {
      await task(control.signal);
    } catch (error) {
      if (!isCancellation(error)) this.failure = error;
    } finally {
      this.busy = null;
    }
  }
}

function volumesOf({ volume, partitions }: DeviceLayout): { partition: number; title: string }[] {
  if (volume) return [{ partition: 0, title: `The volume (${volume.type})` }];
  return partitions
    .filter(({ role, filesystem }) => role !== 'extended' && filesystem !== null)
    .map(({ number, filesystem }) => ({ partition: number, title: `Partition ${number} (${filesystem!.type})` }));
}

function renderChecked(checked: readonly CheckedVolume[]): TemplateResult {
  if (checked.length === 0) return html`<p>There is no volume on it that could be checked.</p>`;
  return html`<ul class="dw-findings" aria-label="Checked volumes">
    ${checked.map(
      ({ title, findings, failure }) =>
        html`<li>
          <strong>${title}:</strong>
          ${failure ? errorCallout(failure) : findings.length === 0 ? html`${icon('check')} nothing found` : findings.map((finding) => findingItem(finding))}
        </li>`,
    )}
  </ul>`;
}
