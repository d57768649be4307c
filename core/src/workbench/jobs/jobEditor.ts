import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Hole, JobResult } from '../../common';
import { amountText } from '../../common/text/jobAmount';
import { shareOf, stageText } from '../../common/text/jobStage';
import { printable, printableLines } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';
import type { JobDetails, JobSummary } from '../../common/workbench';
import { fromWireError, type WireError } from '@diskwright/sdk/errors';
import type { Disposable, Workbench } from '../api';
import { shortDigest, shortTitle } from '../plans/planWords';
import '../widgets/copyText';
import type { PaneElement } from '../widgets/elementPane';
import { LightElement } from '../widgets/lightElement';
import { callout, errorCallout, icon, progressBar } from '../widgets/parts';
import { emptyBlock, errorBlock } from '../widgets/shared/blocks';
import { capitalised, sentence } from '../widgets/shared/errorText';
import { askToCancel } from './cancelJob';
import './job.css';
import { durationText, EXIT_STATUS_WORDS, leftBehind, limitText, percentText, stateWords, timeLeftText } from './jobWords';
import './rateGraph';
import { RateHistory } from './rateHistory';
import { showReport } from './reportDialog';
import { furtherStage, stagesOf, type Stage } from './stages';

/** How old the log of a running job may be. */
const REFRESH_MILLISECONDS = 1500;
const TICK_MILLISECONDS = 500;

const STAGE_SIGNS: Readonly<Record<Stage['state'], { icon: string; text: string }>> = {
  done: { icon: 'pass', text: 'done' },
  current: { icon: 'arrow-right', text: 'now' },
  waiting: { icon: 'circle-outline', text: 'to come' },
  unreached: { icon: 'circle-outline', text: 'not reached' },
  stopped: { icon: 'circle-slash', text: 'stopped here' },
  skipped: { icon: 'dash', text: 'not asked for' },
};

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
        ${job.state === 'running' ? this.renderProgress(job) : nothing}
        <div class="dw-job-columns">
          <section>
            <h2>Stages</h2>
            ${this.renderStages(job)}
          </section>
          <section>
            <h2>About</h2>
            ${this.renderFacts(job)}
          </section>
        </div>
        ${job.result && job.result.holeCount > 0 ? this.renderHoles(job.result) : nothing} ${renderDigests(job.result)}
        <h2>Log</h2>
        ${renderLog(job.log)}
      </div>
      ${this.renderActions(job)}`;
  }

  private renderProgress({ progress }: JobDetails): unknown {
    if (!progress) return html`<p class="dw-muted">Waiting for the first word from it…</p>`;
    const { done, total, bytesPerSecond } = progress;
    const text = printable(stageText(progress));
    const amounts = total > 0 ? `${formatSize(done)} of ${formatSize(total)}` : '';
    const rate = bytesPerSecond > 0 ? `${formatSize(Math.round(bytesPerSecond))}/s` : '';
    return html`<div class="dw-job-progress">
      <div class="dw-job-progress-line">
        <strong>${text}</strong><span class="dw-number">${total > 0 ? percentText(progress) : ''}</span>
      </div>
      ${progressBar(text, total > 0 ? shareOf(progress) : null)}
      <div class="dw-muted">${[amounts, rate, timeLeftText(progress), limitText(progress)].filter(Boolean).join(' · ')}</div>
      <dw-rate-graph .history=${this.rates} .revision=${Date.now()}></dw-rate-graph>
    </div>`;
  }

  private renderStages(job: JobDetails): TemplateResult {
    return html`<ol class="dw-stages">
      ${stagesOf(job, job.state === 'running' ? job.progress : null, this.reached).map(
        ({ title, state: how }) =>
          html`<li class="dw-stage dw-stage-${how}" aria-current=${how === 'current' ? 'step' : nothing}>
            ${icon(STAGE_SIGNS[how].icon)}<span>${title}</span> <span class="dw-muted">${STAGE_SIGNS[how].text}</span>
          </li>`,
      )}
    </ol>`;
  }

  private renderResult(job: JobDetails, result: JobResult): TemplateResult {
    const kind = ({ good: 'success', warning: 'warning', bad: 'error', running: 'info', quiet: 'info' } as const)[
      stateWords(job).tone
    ];
    const left = leftBehind(job);
    const facts = html`<div>${capitalised(amountText(result))}</div>
      ${left ? html`<div>${left}</div>` : nothing}`;
    return result.error ? errorCallout(fromWireError(result.error as WireError), facts) : callout(kind, facts);
  }

  private renderFacts({ id, plan, folder, startedAt, result }: JobDetails): TemplateResult {
    const { devices, editors } = this.workbench;
    return html`<dl class="dw-facts">
        <dt>Job</dt>
        <dd><dw-copy-text .text=${id} .label=${'Job'}></dw-copy-text></dd>
        <dt>Started</dt>
        <dd>${new Date(startedAt).toLocaleString()}</dd>
        ${
          result
            ? html`<dt>Ended</dt>
                <dd>${new Date(result.endedAt).toLocaleString()}</dd>
                <dt>Exit status</dt>
                <dd>${result.exitStatus} (${EXIT_STATUS_WORDS[result.exitStatus] ?? 'unknown'})</dd>`
            : nothing
        }
        ${(plan?.devices ?? []).map(
          ({ role, path }) =>
            html`<dt>${role === 'target' ? 'Written' : 'Read'}</dt>
              <dd>
                <button type="button" class="dw-link-button" @click=${() => editors.open({ type: 'layout', key: path })}>
                  ${printable(devices.label(path))}
                </button>
              </dd>`,
        )}
        ${
          plan
            ? html`<dt>Plan</dt>
                <dd>
                  <button type="button" class="dw-link-button" @click=${() => editors.open({ type: 'plan', key: plan.digest })}>
                    ${shortDigest(plan.digest)}
                  </button>
                  by ${plan.command.id}
                </dd>`
            : nothing
        }
        <dt>Record</dt>
        <dd><dw-copy-text .text=${folder} .label=${'Folder of the record'}></dw-copy-text></dd>
      </dl>
      ${(plan?.warnings ?? []).map((warning) => callout('warning', sentence(printable(warning))))}`;
  }

  private renderHoles({ holes, holeCount }: JobResult): TemplateResult {
    return html`<h2>${holeCount === 1 ? 'A place' : 'Places'} that could not be read</h2>
      <p>Zeros stand on the target there.</p>
      <table class="dw-table dw-holes">
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col" class="dw-number">Byte</th>
            <th scope="col" class="dw-number">Length</th>
            <th scope="col"><span class="dw-visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${holes.map(
            (hole) =>
              html`<tr>
                <td>${hole.device}</td>
                <td class="dw-number">${hole.offset}</td>
                <td class="dw-number">${hole.length}</td>
                <td>
                  <button type="button" class="dw-link-button" @click=${() => this.openHole(hole)}>Open sectors</button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${holeCount > holes.length ? html`<p class="dw-muted">And ${holeCount - holes.length} more: the report has all of them.</p>` : nothing}`;
  }

  private renderActions(job: JobDetails): TemplateResult {
    const act = (task: () => Promise<void>) => async (): Promise<void> => {
      this.actionFailure = null;
      await task().catch((error: unknown) => (this.actionFailure = error));
    };
    return html`<div>
      ${this.actionFailure ? html`<div class="dw-job-failure">${errorCallout(this.actionFailure)}</div>` : nothing}
      <div class="dw-page-actions">
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

function renderDigests(result: JobResult | null): unknown {
  if (!result || result.digests.length === 0) return nothing;
  return html`<details class="dw-job-digests">
    <summary>BLAKE3 digests of what was copied, ${plural(result.digests.length, 'step')}</summary>
    ${result.digests.map(({ step, blake3 }) => html`<div class="dw-mono">step ${step + 1}: ${blake3}</div>`)}
  </details>`;
}

function renderLog(log: string): TemplateResult {
  if (log === '') return html`<p class="dw-muted">Nothing was logged yet.</p>`;
  return html`<pre class="dw-log" tabindex="0" aria-label="Log">${printableLines(log)}</pre>`;
}
