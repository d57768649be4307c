import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Hole, JobResult } from '../../common';
import { amountText } from '../../common/text/jobAmount';
import { printable } from '../../common/text/printable';
import type { JobDetails, JobSummary } from '../../common/workbench';
import { fromWireError, type WireError } from '@diskwright/sdk/errors';
import type { Disposable, EditorInput, Workbench } from '../api';
import { shortTitle } from '../plans/planWords';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { capitalised } from '../widgets/shared/errorText';
import { askToCancel } from './cancelJob';
import './job.css';
import { jobFacts } from './jobFacts';
import { jobProgress, jobStages } from './jobProgress';
import { jobDigests, jobHoles, jobLog } from './jobRecord';
import { durationText, leftBehind, stateWords, unreadText } from './jobWords';
import { RateHistory } from './rateHistory';
import { showReport } from './reportDialog';
import { furtherStage } from './stages';

/** How old the log of a running job may be. */
const REFRESH_MILLISECONDS = 1500;
const TICK_MILLISECONDS = 500;

/** One job, live: whoever started it, and however often the page is loaded anew. */
@customElement('dw-job')
export class JobEditor extends LightElement implements PaneElement {
  @state() private details: JobDetails | null = null;
  @state() private failure: unknown = null;
  @state() private actionFailure: unknown = null;
  @state() private cancelling = false;
  private readonly rates = new RateHistory();
  private reached = 'check';
  private fetching = false;
  private fetchedAt = 0;

  constructor(
    private readonly workbench: Workbench,
    private readonly jobId: string,
    private readonly onTitle: (title: string) => void,
  ) {
    super();
    this.className = 'dw-page dw-job';
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { jobs } = this.workbench;
    keep(jobs.onDidChange(() => this.changed()));
    const ticking = setInterval(() => this.tick(), TICK_MILLISECONDS);
    keep({ dispose: () => clearInterval(ticking) });
    void this.fetch();
  }

  /** The newest that is known: the model's progress is ahead of the details. */
  private get job(): JobDetails | null {
    if (!this.details) return null;
    const live: JobSummary | undefined = this.workbench.jobs.get(this.jobId);
    return live ? { ...this.details, ...live, result: this.details.result ?? live.result } : this.details;
  }

  private changed(): void {
    const live = this.workbench.jobs.get(this.jobId);
    if (live?.progress) this.reached = furtherStage(this.reached, live.progress.stage);
    if (live && live.state !== this.details?.state) void this.fetch();
    this.requestUpdate();
  }

  private tick(): void {
    const { job } = this;
    if (job?.state !== 'running') return;
    if (job.progress) this.rates.add(job.progress.bytesPerSecond);
    if (Date.now() - this.fetchedAt > REFRESH_MILLISECONDS) void this.fetch();
    this.requestUpdate();
  }

  private async fetch(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      this.details = await this.workbench.host.request('jobs/show', { id: this.jobId });
      this.failure = null;
      if (this.details.progress) this.reached = furtherStage(this.reached, this.details.progress.stage);
      this.onTitle(printable(shortTitle(this.details.title, this.details.plan?.devices ?? [])));
    } catch (error) {
      this.failure = error;
    } finally {
      this.fetching = false;
      this.fetchedAt = Date.now();
    }
  }

  protected override render(): unknown {
    const { job } = this;
    if (!job) {
      return this.failure
        ? errorBlock('This job cannot be shown', this.failure, [
            { label: 'Show all jobs', run: () => this.workbench.views.reveal('jobs', { focus: true }) },
          ])
        : emptyBlock('Reading the job…', this.jobId);
    }
    const words = stateWords(job);
    return html`<div class="dw-page-scroll" tabindex="0" role="region" aria-label="Job">
        <h1>${printable(job.title)}</h1>
        <div class="dw-job-state dw-tone-${words.tone}" role="status">
          ${icon(words.icon)}<strong>${this.cancelling && job.state === 'running' ? 'Cancelling…' : words.text}</strong>
          <span class="dw-muted">${durationText(job, Date.now())}</span>
        </div>
        ${job.result ? this.renderResult(job, job.result) : nothing}
        ${job.state === 'interrupted' ? callout('error', leftBehind(job)) : nothing}
        ${job.state === 'running' ? jobProgress(job, this.rates) : nothing}
        ${job.result ? jobHoles(job.result, (hole) => this.openHole(hole)) : nothing}
        <div class="dw-page-columns">
          <section>${jobStages(job, this.reached)}</section>
          <section>${jobFacts(job, this.workbench)}</section>
        </div>
        ${jobDigests(job.result)} ${jobLog(job.log)}
      </div>
      ${this.renderActions(job)}`;
  }

  private renderResult(job: JobDetails, result: JobResult): TemplateResult {
    const kind = ({ good: 'success', warning: 'warning', bad: 'error', running: 'info', quiet: 'info' } as const)[
      stateWords(job).tone
    ];
    const lines = [capitalised(amountText(result)), unreadText(result), leftBehind(job)].filter(Boolean);
    const facts = lines.map((line) => html`<div>${line}</div>`);
    return result.error ? errorCallout(fromWireError(result.error as WireError), facts) : callout(kind, facts);
  }

  private renderActions(job: JobDetails): TemplateResult {
    const act = (task: () => Promise<void>) => async (): Promise<void> => {
      this.actionFailure = null;
      await task().catch((error: unknown) => (this.actionFailure = error));
    };
    return html`<div>
      ${this.actionFailure ? html`<div class="dw-page-failure">${errorCallout(this.actionFailure)}</div>` : nothing}
      <div class="dw-page-actions">
        ${this.renderNext(job)}
        <button type="button" class="dw-button" data-autofocus @click=${act(() => showReport(this.workbench, this.jobId))}>
          ${icon('output')}Report…
        </button>
        ${
          job.state === 'running'
            ? html`<button
                type="button"
                class="dw-button dw-danger dw-page-actions-end"
                aria-disabled=${this.cancelling}
                @click=${act(() => this.cancel(job))}
              >
                ${icon('debug-stop')}Cancel…
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }

  /** Where one goes from a job that ended: to what it made, or to its plan, to apply it again. */
  private renderNext({ state, plan }: JobDetails): unknown {
    if (state === 'running' || !plan) return nothing;
    const { editors, devices } = this.workbench;
    const next = (name: string, label: string, input: EditorInput): TemplateResult =>
      html`<button type="button" class="dw-button" @click=${() => editors.open(input)}>${icon(name)}${label}</button>`;
    if (state !== 'done') return next('checklist', 'Open the plan', { type: 'plan', key: plan.digest });
    return plan.devices
      .filter(({ role }) => role === 'target')
      .map(({ path }) => next('layout', `Open layout of ${printable(devices.label(path))}`, { type: 'layout', key: path }));
  }

  private async cancel(job: JobDetails): Promise<void> {
    if (this.cancelling || !(await askToCancel(this.workbench, job))) return;
    this.cancelling = true;
    try {
      // It is being cancelled until its state says that it was.
      await this.workbench.host.request('jobs/cancel', { id: this.jobId });
    } catch (error) {
      this.cancelling = false;
      throw error;
    }
  }

  /** A hole names its device as the plan does. */
  private openHole({ device, offset, length }: Hole): void {
    const path = this.details?.plan?.devices.find(({ name }) => name === device)?.path ?? device;
    void this.workbench.editors.open({ type: 'sectors', key: path, params: { offset, length } });
  }
}
