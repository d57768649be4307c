import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { CommandInput, DeviceLayout } from '@diskwright/sdk/protocol';
import { commandLine } from '../../common/commandLine/commandLine';
import { printable } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';
import type { WorkbenchResult } from '../../common/workbench';
import { Emitter, type Disposable, type Workbench } from '../api';
import '../layout/compare/layoutCompare';
import '../widgets/copyText';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { capitalised, isCancellation, sentence } from '../widgets/shared/errorText';
import { commandCatalogue } from '../wizards/commandCatalogue';
import { askToApply } from './applyDialog';
import { ChangeList } from './changeList';
import './plan.css';
import { SAVED_WORDS, shortDigest, shortTitle } from './planWords';
import { SimulationPanel } from './simulationPanel';
import { StepList } from './stepList';

type PlanAnswer = WorkbenchResult<'plans/read'>;

type Action = 'simulate' | 'save' | 'apply';

interface PlanState {
  overlay: string | null;
}

/** A plan to be read, simulated and applied. */
@customElement('dw-plan')
export class PlanEditor extends LightElement implements PaneElement {
  @state() private answer: PlanAnswer | null = null;
  @state() private failure: unknown = null;
  @state() private busy: { text: string; control: AbortController } | null = null;
  @state() private actionFailure: unknown = null;
  /** The button that was pressed last: the focus goes back to it when its task has ended. */
  @state() private lastPressed: Action = 'simulate';
  /** What lies on the target now; null while it is not known. */
  @state() private layoutNow: DeviceLayout | null = null;
  @state() private simulation: SimulationPanel | null = null;
  private readonly stateChanged = new Emitter<void>();
  readonly onDidChangeState = this.stateChanged.event;
  private steps: StepList | null = null;
  private changes: ChangeList | null = null;

  constructor(
    private readonly workbench: Workbench,
    private readonly digest: string,
    private readonly onTitle: (title: string) => void,
    saved: unknown,
  ) {
    super();
    this.className = 'dw-page dw-plan';
    const overlay = (saved as PlanState | null | undefined)?.overlay;
    if (overlay) this.showSimulation(overlay, false);
    void this.load();
  }

  saveState(): PlanState {
    return { overlay: this.simulation?.overlay ?? null };
  }

  dispose(): void {
    this.busy?.control.abort();
    this.changes?.dispose();
    this.simulation?.dispose();
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { host, devices } = this.workbench;
    keep(commandCatalogue(host).onDidChange(() => this.requestUpdate()));
    keep(host.on('plans/changed', () => void this.load()));
    keep(
      devices.onDidChangeContent((path) => {
        if (this.target?.path === path) void this.loadBefore(path);
      }),
    );
  }

  private get target(): PlanAnswer['plan']['devices'][number] | undefined {
    return this.answer?.plan.devices.find(({ role }) => role === 'target');
  }

  /** Again when plans came or went: this one may be gone. */
  private async load(): Promise<void> {
    try {
      const answer = await this.workbench.host.request('plans/read', { digest: this.digest });
      this.failure = null;
      if (this.answer) return;
      this.answer = answer;
      const { host } = this.workbench;
      const openAt = (place: { device: string; offset: number }): void => this.openSectors(place);
      this.steps = new StepList(host, this.digest, answer.stepCount, openAt);
      this.changes = new ChangeList(host, this.digest, openAt);
      this.onTitle(printable(shortTitle(answer.plan.title, answer.plan.devices)));
      if (this.target) void this.loadBefore(this.target.path);
    } catch (error) {
      this.failure = error;
    }
  }

  private async loadBefore(path: string): Promise<void> {
    // A device that is not there now has no layout to show; applying the plan will say so.
    this.layoutNow = await this.workbench.devices.layout(path).then(
      ({ layout }) => layout,
      () => null,
    );
  }

  private openSectors({ device, offset }: { device: string; offset: number }): void {
    const path = this.answer?.plan.devices.find(({ name }) => name === device)?.path;
    if (path) void this.workbench.editors.open({ type: 'sectors', key: path, params: { offset } });
  }

  private showSimulation(overlay: string, isNew: boolean): void {
    this.simulation = new SimulationPanel(this.workbench, overlay, isNew, () => (this.simulation = null));
    this.stateChanged.fire();
  }

  protected override render(): unknown {
    if (this.failure) {
      return errorBlock('This plan cannot be shown', this.failure, [
        { label: 'Import a plan from a file…', run: () => this.workbench.commands.run('plans.import') },
      ]);
    }
    if (!this.answer) return emptyBlock('Reading the plan…', shortDigest(this.digest));
    const { plan, createdAt } = this.answer;
    return html`<div class="dw-page-scroll" tabindex="0" role="region" aria-label="Plan">
        <h1>${printable(plan.title)}</h1>
        ${this.simulation ?? nothing} ${plan.warnings.map((warning) => callout('warning', sentence(printable(warning))))}
        <div class="dw-plan-columns">
          <section>${this.renderDevices()}</section>
          <section>
            <h2>In short</h2>
            <dl class="dw-facts">
              <dt>Digest</dt>
              <dd><dw-copy-text .text=${this.digest} .shown=${shortDigest(this.digest)} .label=${'Digest'}></dw-copy-text></dd>
              <dt>Made</dt>
              <dd>${new Date(createdAt).toLocaleString()}</dd>
              <dt>Made by</dt>
              <dd>${this.renderCommand()}</dd>
              <dt>Does</dt>
              <dd>${amounts(this.answer)}</dd>
              <dt>Saved first</dt>
              <dd><strong>${SAVED_WORDS[plan.undo].short}.</strong> ${SAVED_WORDS[plan.undo].meaning}</dd>
            </dl>
            ${renderNotes(plan.notes)}
          </section>
        </div>
        ${this.renderLayouts(plan.result)}
        <h2>Steps</h2>
        ${this.steps}
        <h2>What is written</h2>
        ${this.changes}
      </div>
      ${this.renderActions()}`;
  }

  /** The command line that makes the same plan; of a command that is not there now, its id and input. */
  private renderCommand(): TemplateResult {
    const { id, input } = this.answer!.plan.command;
    const contribution = commandCatalogue(this.workbench.host).find(id)?.contribution;
    const line = contribution ? commandLine(contribution, (input ?? {}) as CommandInput) : null;
    return html`<dw-copy-text
      .text=${printable(line ?? `${id} ${JSON.stringify(input)}`)}
      .label=${'Command line'}
    ></dw-copy-text>`;
  }

  private renderDevices(): TemplateResult {
    const { devices } = this.workbench;
    return html`<h2>Devices</h2>
      ${this.answer!.plan.devices.map(({ name, role, path, identity: { size, sectorSize, model, serial, kind } }) => {
        const facts = [formatSize(size), `sectors of ${sectorSize}`, kind, model, serial && `serial ${serial}`].filter(Boolean);
        return html`<div class="dw-plan-device">
          <div>
            <span class="dw-role dw-role-${role}"
              >${icon(role === 'target' ? 'edit' : 'eye')}${role === 'target' ? 'Written' : 'Read'}</span
            >
            <strong>${printable(devices.label(path))}</strong> <span class="dw-muted">(${printable(name)})</span>
          </div>
          <div class="dw-muted">${printable(path)}</div>
          <div>${printable(facts.join(', '))}</div>
        </div>`;
      })}`;
  }

  private renderLayouts(result: DeviceLayout | null): unknown {
    if (!result) return nothing;
    return html`<h2>Before and after</h2>
      <dw-layout-compare .layoutBefore=${this.layoutNow} .layoutAfter=${result}></dw-layout-compare>`;
  }

  private renderActions(): TemplateResult {
    const { busy } = this;
    return html`<div class="dw-plan-end">
      ${this.actionFailure ? html`<div class="dw-plan-failure">${errorCallout(this.actionFailure)}</div>` : nothing}
      <div class="dw-page-actions">
        ${
          busy
            ? html`<button type="button" class="dw-button" data-refocus @click=${() => busy.control.abort()}>Cancel</button>
                <span role="status">${busy.text}</span>`
            : html`<button
                  type="button"
                  class="dw-button dw-primary"
                  data-autofocus
                  ?data-refocus=${this.lastPressed === 'simulate'}
                  @click=${this.simulate}
                >
                  ${icon('beaker')}Simulate
                </button>
                <button type="button" class="dw-button" ?data-refocus=${this.lastPressed === 'save'} @click=${this.save}>
                  ${icon('save')}Save plan to file…
                </button>
                <button
                  type="button"
                  class="dw-button dw-danger dw-page-actions-end"
                  ?data-refocus=${this.lastPressed === 'apply'}
                  @click=${this.apply}
                >
                  ${icon('play')}Apply…
                </button>`
        }
      </div>
    </div>`;
  }

  private readonly simulate = (): Promise<void> =>
    this.act('simulate', 'Simulating: the plan is applied to an overlay…', async (signal) => {
      const { overlay } = await this.workbench.host.request('plans/simulate', { digest: this.digest }, signal);
      this.showSimulation(overlay, true);
      this.querySelector('.dw-page-scroll')?.scrollTo({ top: 0 });
      this.busy = null;
      await this.updateComplete;
      await this.simulation?.updateComplete;
      if (this.contains(document.activeElement)) this.simulation?.querySelector('button')?.focus();
    });

  private readonly save = (): Promise<void> =>
    this.act('save', 'Saving…', async (signal) => {
      const { dialogs, host, notifications } = this.workbench;
      const name = `${shortDigest(this.digest)}.plan.json`;
      const path = await dialogs.chooseFile({ title: 'Save the plan', mode: 'save', name });
      if (path === undefined) return;
      const saved = await host.request('plans/save', { digest: this.digest, path }, signal);
      notifications.info(`Plan saved to ${saved.path}`, {
        detail: 'Its side files lie beside it; keep them together.',
      });
    });

  private readonly apply = (): Promise<void> =>
    this.act('apply', 'Looking at the target…', async (signal) => {
      const { host, editors } = this.workbench;
      const consent = await askToApply(this.workbench, this.answer!, signal);
      if (!consent) return;
      this.busy = { ...this.busy!, text: 'Starting the job…' };
      const { jobId } = await host.request('plans/apply', { digest: this.digest, word: consent.word }, signal);
      await editors.open({ type: 'job', key: jobId });
    });

  private async act(button: Action, text: string, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const control = new AbortController();
    this.lastPressed = button;
    this.busy = { text, control };
    this.actionFailure = null;
    try {
      await task(control.signal);
    } catch (error) {
      if (!isCancellation(error)) this.actionFailure = error;
    } finally {
      this.busy = null;
    }
  }
}

function renderNotes(notes: readonly string[]): unknown {
  if (notes.length === 0) return nothing;
  return html`<h2>What becomes of what</h2>
    <ul class="dw-plan-notes">
      ${notes.map((note) => html`<li>${capitalised(printable(note))}</li>`)}
    </ul>`;
}

function amounts({ bytes: { copied, written, cleared }, stepCount }: PlanAnswer): string {
  const parts = [
    copied > 0 ? `copies ${formatSize(copied)}` : '',
    written > 0 ? `writes ${formatSize(written)}` : '',
    cleared > 0 ? `clears ${formatSize(cleared)}` : '',
  ].filter(Boolean);
  return `${plural(stepCount, 'step')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
