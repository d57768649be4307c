import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { CommandInput, DeviceLayout } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import { Emitter, type Disposable, type Workbench } from '../api';
import '../layout/compare/layoutCompare';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { isCancellation, sentence } from '../widgets/shared/errorText';
import { commandCatalogue } from '../wizards/commandCatalogue';
import type { WizardParams } from '../wizards/wizard';
import { askToApply } from './applyDialog';
import { ChangeList } from './changeList';
import './plan.css';
import { planDevices, planFacts, planNotes, type PlanAnswer } from './planFacts';
import { shortDigest, shortTitle } from './planWords';
import { SimulationPanel, type SimulatedResult } from './simulationPanel';
import { StepList } from './stepList';

type Action = 'simulate' | 'save' | 'apply';

interface PlanState {
  /** Simulated results, and of which target each is. */
  results: { overlay: string; target: string }[];
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
  @state() private simulations: readonly SimulationPanel[] = [];
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
    this.simulations = ((saved as Partial<PlanState> | null | undefined)?.results ?? []).map((result) =>
      this.panelOf({ ...result, isNew: false }),
    );
    void this.load();
  }

  saveState(): PlanState {
    return { results: this.simulations.map(({ result: { overlay, target } }) => ({ overlay, target })) };
  }

  dispose(): void {
    this.busy?.control.abort();
    this.changes?.dispose();
    for (const panel of this.simulations) panel.dispose();
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

  private get targets(): PlanAnswer['plan']['devices'] {
    return this.answer?.plan.devices.filter(({ role }) => role === 'target') ?? [];
  }

  /** Which the layout of the result is of. */
  private get target(): PlanAnswer['plan']['devices'][number] | undefined {
    return this.targets[0];
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

  private panelOf(result: SimulatedResult): SimulationPanel {
    const panel = new SimulationPanel(this.workbench, result, () => {
      panel.dispose();
      this.showSimulations(this.simulations.filter((other) => other !== panel));
    });
    return panel;
  }

  private showSimulations(panels: readonly SimulationPanel[]): void {
    this.simulations = panels;
    this.stateChanged.fire();
  }

  protected override render(): unknown {
    if (this.failure) {
      return errorBlock('This plan cannot be shown', this.failure, [
        { label: 'Import a plan from a file…', run: () => this.workbench.commands.run('plans.import') },
      ]);
    }
    if (!this.answer) return emptyBlock('Reading the plan…', shortDigest(this.digest));
    const { plan } = this.answer;
    return html`<div class="dw-page-scroll" tabindex="0" role="region" aria-label="Plan">
        <h1>${printable(plan.title)}</h1>
        ${this.simulations} ${plan.warnings.map((warning) => callout('warning', sentence(printable(warning))))}
        <div class="dw-page-columns">
          <section>${planDevices(this.answer, this.workbench)} ${planNotes(plan.notes)}</section>
          <section>${planFacts(this.answer, this.workbench)}</section>
        </div>
        ${this.renderLayouts(plan.result)}
        <h2>Steps</h2>
        ${this.steps}
        <h2>What is written</h2>
        ${this.changes}
      </div>
      ${this.renderActions()}`;
  }

  private renderLayouts(result: DeviceLayout | null): unknown {
    if (!result) return nothing;
    return html`<h2>Before and after</h2>
      <dw-layout-compare .layoutBefore=${this.layoutNow} .layoutAfter=${result}></dw-layout-compare>`;
  }

  private renderActions(): TemplateResult {
    const { busy } = this;
    return html`<div>
      ${this.actionFailure ? html`<div class="dw-page-failure">${errorCallout(this.actionFailure)}</div>` : nothing}
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
                ${this.renderChange()}
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

  /** There is a form in which it was made, or could have been. */
  private get canChange(): boolean {
    const made = commandCatalogue(this.workbench.host).find(this.answer!.plan.command.id);
    return made !== undefined && made.contribution.audience !== 'programs';
  }

  private renderChange(): unknown {
    if (!this.canChange) return nothing;
    return html`<button
      type="button"
      class="dw-button"
      title="Opens the form with what this plan was made of"
      @click=${this.change}
    >
      ${icon('wand')}Make another…
    </button>`;
  }

  private readonly change = (): Promise<unknown> => {
    const { id, input } = this.answer!.plan.command;
    const params: WizardParams = { command: id, input: (input ?? {}) as CommandInput };
    return this.workbench.editors.open({ type: 'wizard', key: id, params });
  };

  private readonly simulate = (): Promise<void> =>
    this.act('simulate', 'Simulating: the plan is applied to an overlay…', async (signal) => {
      const earlier = this.simulations;
      const made: SimulationPanel[] = [];
      for (const { name } of this.targets) {
        const { overlay } = await this.workbench.host.request('plans/simulate', { digest: this.digest, target: name }, signal);
        made.push(this.panelOf({ overlay, target: name, isNew: true }));
        this.showSimulations([...made]);
      }
      for (const panel of earlier) panel.dispose();
      this.querySelector('.dw-page-scroll')?.scrollTo({ top: 0 });
      this.busy = null;
      await this.updateComplete;
      const [first] = made;
      await first?.updateComplete;
      if (this.contains(document.activeElement)) first?.querySelector('button')?.focus();
    });

  private readonly save = async (): Promise<void> => {
    const { dialogs, host, notifications } = this.workbench;
    const name = `${shortDigest(this.digest)}.plan.json`;
    const path = await dialogs.chooseFile({ title: 'Save the plan', mode: 'save', name });
    if (path === undefined) return;
    await this.act('save', 'Saving…', async (signal) => {
      const saved = await host.request('plans/save', { digest: this.digest, path }, signal);
      notifications.info(`Plan saved to ${saved.path}`, {
        detail: 'Its side files lie beside it; keep them together.',
      });
    });
  };

  private readonly apply = (): Promise<void> =>
    this.act('apply', 'Looking at the target…', async (signal) => {
      const { host, editors } = this.workbench;
      const { canChange } = this;
      const consent = await askToApply(this.workbench, this.answer!, { signal, canChange });
      if (consent === 'change') return void (await this.change());
      if (!consent) return;
      this.busy = { ...this.busy!, text: 'Starting the job…' };
      const { jobId } = await host.request('plans/apply', { digest: this.digest, ...consent }, signal);
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
