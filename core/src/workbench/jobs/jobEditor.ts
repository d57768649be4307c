import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { JobResult, LostFiles } from '../../common';
import { Refresher } from '../../common/flow/refresher';
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
import './job.css';
import { cancelJob, pauseJob, resumeJob, undoJob } from './jobActions';
import { jobFacts } from './jobFacts';
import { canCancel, canPause, canResume, canUndo, jobKeys } from './jobPossible';
import { jobProgress, jobStages } from './jobProgress';
import { jobDigests, jobHoles, jobLog } from './jobRecord';
import { durationText, leftBehind, stateWords, unreadText } from './jobWords';
import { jobLostFiles } from './lostFiles';
import { RateHistory } from './rateHistory';
import { showReport } from './reportDialog';
import { slowRanges, stuckRequests } from './slowPlaces';
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
  /** What stood in the places that could not be read. */
  @state() private lost: LostFiles | null | 'unasked' | 'looking' = 'unasked';
  private looking: AbortController | null = null;
  private readonly rates = new RateHistory();
  private reached = 'check';
  private readonly refresher = new Refresher(() => this.fetch());
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
    const { jobs, context } = this.workbench;
    keep(jobs.onDidChange(() => this.changed()));
    keep(context.bind(this, () => jobKeys(this.job ?? undefined)));
    keep({ dispose: () => this.looking?.abort() });
    const ticking = setInterval(() => this.tick(), TICK_MILLISECONDS);
    keep({ dispose: () => clearInterval(ticking) });
    void this.refresher.refresh();
  }

  /** The newest that is known: the model's progress is ahead of the details. */
  private get job(): JobDetails | null {
    if (!this.details) return null;
    const live: JobSummary | undefined = this.workbench.jobs.get(this.jobId);
    if (!live) return this.details;
    const isSame = live.state === this.details.state;
    return { ...this.details, ...live, result: (isSame ? this.details.result : null) ?? live.result };
  }

  private changed(): void {
    const live = this.workbench.jobs.get(this.jobId);
    if (live?.progress) this.reached = furtherStage(this.reached, live.progress.stage);
    if (live && live.state !== this.details?.state) void this.refresher.refresh();
    if (live && live.state !== 'running') this.cancelling = false;
    this.requestUpdate();
  }

  private tick(): void {
    const { job } = this;
    if (job?.state !== 'running') return;
    if (job.progress && !job.progress.paused) this.rates.add(job.progress.bytesPerSecond);
    if (Date.now() - this.fetchedAt > REFRESH_MILLISECONDS) void this.refresher.refresh();
    this.requestUpdate();
  }

  private async fetch(): Promise<void> {
    try {
      this.details = await this.workbench.host.request('jobs/show', { id: this.jobId });
      this.failure = null;
      if (this.details.progress) this.reached = furtherStage(this.reached, this.details.progress.stage);
      this.onTitle(printable(shortTitle(this.details.title, this.details.plan?.devices ?? [])));
      void this.findLost(this.details);
    } catch (error) {
      this.failure = error;
    } finally {
      this.fetchedAt = Date.now();
    }
  }

  /** Once: the sources are read for it, the first time that anybody asks. */
  private async findLost({ state, result }: JobDetails): Promise<void> {
    if (state === 'running' || !result || result.holeCount === 0) this.lost = 'unasked';
    else if (result.lostFiles) this.lost = result.lostFiles;
    else if (this.lost === 'unasked') {
      this.lost = 'looking';
      const { signal } = (this.looking = new AbortController());
      const asked = this.workbench.host.request('jobs/lostFiles', { id: this.jobId }, signal);
      // What cannot be found out is not known; when nobody waits any more, it is asked for anew the next time.
      this.lost = await asked.then(
        ({ lostFiles }) => lostFiles,
        () => (signal.aborted ? 'unasked' : null),
      );
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
        ${job.state === 'running' ? jobProgress(job, this.rates, (device) => this.labelOf(device)) : nothing}
        ${job.result ? jobHoles(job.result, (hole) => this.openHole(hole)) : nothing}
        ${
          this.lost === 'unasked'
            ? nothing
            : jobLostFiles(this.lost, ({ device, firstOffset }) => this.openHole({ device, offset: firstOffset, length: 0 }))
        }
        ${job.result ? this.renderSlow(job.result) : nothing}
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
        ${this.renderPause(job, act)} ${this.renderNext(job)}
        <button type="button" class="dw-button" data-autofocus @click=${act(() => showReport(this.workbench, this.jobId))}>
          ${icon('output')}Report…
        </button>
        ${
          canUndo(job)
            ? html`<button
                type="button"
                class="dw-button"
                title="Makes the plan that takes back what the job did, to be looked at first"
                @click=${act(() => undoJob(this.workbench, this.jobId))}
              >
                ${icon('discard')}Undo…
              </button>`
            : nothing
        }
        ${
          canCancel(job)
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

  /** One button, so that the focus stays on it while a job is paused and resumed. */
  private renderPause(job: JobDetails, act: (task: () => Promise<void>) => () => Promise<void>): unknown {
    const [pause, resume] = [canPause(job), canResume(job)];
    if (!pause && !resume) return nothing;
    const task = (): Promise<void> => (pause ? pauseJob : resumeJob)(this.workbench, this.jobId);
    return html`<button
      type="button"
      class="dw-button ${resume ? 'dw-primary' : ''}"
      aria-disabled=${this.cancelling}
      title=${pause ? 'Lets it rest; its devices stay taken (F8)' : 'Goes on where it stopped'}
      @click=${act(task)}
    >
      ${icon(pause ? 'debug-pause' : 'debug-continue')}${pause ? 'Pause' : 'Resume'}
    </button>`;
  }

  /** Where one goes from a job that ended: to what it made, or to its plan. */
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
    if (this.cancelling) return;
    // It is being cancelled until its state says that it was.
    this.cancelling = await cancelJob(this.workbench, job);
  }

  private renderSlow(result: JobResult): unknown {
    const labelOf = (device: string): string => this.labelOf(device);
    return html`${stuckRequests(result, labelOf, 'Until it does, the device is not free, and what was asked of it may still happen.')}
    ${slowRanges(result, labelOf)}`;
  }

  private pathOf(device: string): string {
    return this.details?.plan?.devices.find(({ name }) => name === device)?.path ?? device;
  }

  private labelOf(device: string): string {
    return this.workbench.devices.label(this.pathOf(device));
  }

  /** A hole names its device as the plan does. */
  private openHole({ device, offset, length }: { device: string; offset: number; length: number }): void {
    void this.workbench.editors.open({ type: 'sectors', key: this.pathOf(device), params: { offset, length } });
  }
}
