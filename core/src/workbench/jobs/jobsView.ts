import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { amountText } from '../../common/text/jobAmount';
import { shareOf, stageText } from '../../common/text/jobStage';
import { printable } from '../../common/text/printable';
import { plural } from '../../common/text/size';
import type { JobSummary } from '../../common/workbench';
import type { Disposable, Workbench } from '../api';
import { LightElement } from '../widgets/lightElement';
import { icon, progressBar } from '../widgets/parts';
import { emptyBlock } from '../widgets/shared/blocks';
import './job.css';
import { canPause, canResume, canUndo, jobKeys } from './jobPossible';
import { durationText, percentText, stateWords, timeLeftText } from './jobWords';

const TICK_MILLISECONDS = 1000;
/** Drawn at a time; older ones at a button. */
const JOBS_AT_ONCE = 100;

/** All jobs, newest first. */
@customElement('dw-jobs')
export class JobsView extends LightElement {
  @state() private limit = JOBS_AT_ONCE;
  /** Of the row that had the focus last: commands without arguments mean it. */
  private focusedId = '';

  constructor(private readonly workbench: Workbench) {
    super();
    this.className = 'dw-jobs';
  }

  protected override attach(keep: (item: Disposable) => void): void {
    const { jobs, context } = this.workbench;
    keep(jobs.onDidChange(() => this.requestUpdate()));
    keep(context.bind(this, () => jobKeys(jobs.get(this.focusedId))));
    const ticking = setInterval(() => {
      if (this.workbench.jobs.jobs?.some(({ state }) => state === 'running')) this.requestUpdate();
    }, TICK_MILLISECONDS);
    keep({ dispose: () => clearInterval(ticking) });
  }

  protected override render(): unknown {
    const { jobs } = this.workbench.jobs;
    if (jobs === null) return emptyBlock('Reading the jobs…', 'They are asked for.');
    if (jobs.length === 0) {
      return emptyBlock(
        'No jobs yet',
        'A job is a plan being applied. Make a plan, look at it, and apply it: what it does is then shown here, and so are jobs of the command line.',
        [{ label: 'Commands that make plans…', run: () => this.workbench.quickInput.open('>Disk: ') }],
      );
    }
    return html`<table class="dw-table dw-jobs-table" aria-label="Jobs">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Job</th>
            <th scope="col">Progress</th>
            <th scope="col">Started</th>
            <th scope="col" class="dw-number">Duration</th>
            <th scope="col"><span class="dw-visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody @keydown=${moveByArrows}>
          ${jobs.slice(0, this.limit).map((job) => this.renderJob(job))}
        </tbody>
      </table>
      ${
        jobs.length > this.limit
          ? html`<button type="button" class="dw-button" @click=${() => (this.limit += JOBS_AT_ONCE)}>
              Show more: ${plural(jobs.length - this.limit, 'older job')}
            </button>`
          : nothing
      }`;
  }

  private renderJob(job: JobSummary): TemplateResult {
    const words = stateWords(job);
    const open = (): void => void this.workbench.editors.open({ type: 'job', key: job.id });
    return html`<tr
      class="dw-jobs-row"
      @click=${open}
      @focusin=${() => (this.focusedId = job.id)}
      @contextmenu=${(event: MouseEvent) => this.showMenu(event, job)}
    >
      <td class="dw-tone-${words.tone}">${icon(words.icon)} ${words.text}</td>
      <td>
        <button type="button" class="dw-link-button dw-jobs-title" title=${printable(job.title)} @click=${open}>
          ${printable(job.title)}
        </button>
      </td>
      <td>${job.state === 'running' ? renderProgress(job) : endText(job)}</td>
      <td>${new Date(job.startedAt).toLocaleString()}</td>
      <td class="dw-number">${durationText(job, Date.now())}</td>
      <td class="dw-jobs-actions">${this.renderActions(job)}</td>
    </tr>`;
  }

  private renderActions(job: JobSummary): unknown {
    const action = (name: string, label: string, command: string): TemplateResult =>
      html`<button
        type="button"
        class="dw-icon-button"
        title=${label}
        aria-label="${label}: ${printable(job.title)}"
        @click=${(event: Event) => {
          event.stopPropagation();
          this.focusedId = job.id;
          void this.workbench.commands.run(command, { id: job.id });
        }}
      >
        ${icon(name)}
      </button>`;
    return [
      canPause(job) ? action('debug-pause', 'Pause', 'jobs.pause') : nothing,
      canResume(job) ? action('debug-continue', 'Resume', 'jobs.resume') : nothing,
      canUndo(job) ? action('discard', 'Undo…', 'jobs.undo') : nothing,
    ];
  }

  /** By the pointer at the pointer, by the keys below the title. */
  private showMenu(event: MouseEvent, job: JobSummary): void {
    event.preventDefault();
    this.focusedId = job.id;
    const box = (event.target as HTMLElement).getBoundingClientRect();
    const isByKeys = event.button !== 2;
    const at = isByKeys ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY };
    this.workbench.menus.showContext('context:job', at, { id: job.id }, jobKeys(job));
  }
}

/** How it ended: what was done, or else why it was not. */
const endText = ({ state, result }: JobSummary): string =>
  !result ? '' : state === 'failed' ? printable(result.message) : amountText(result);

function renderProgress({ progress }: JobSummary): unknown {
  if (!progress) return nothing;
  const text = printable(stageText(progress));
  return html`<div class="dw-jobs-progress">
    ${progressBar(text, progress.total > 0 ? shareOf(progress) : null)}
    <span>${[progress.total > 0 ? percentText(progress) : '', text, timeLeftText(progress)].filter(Boolean).join(' · ')}</span>
  </div>`;
}

/** From job to job by the arrow keys. */
function moveByArrows(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const row = (event.target as HTMLElement).closest('tr');
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
  const button = next?.querySelector<HTMLElement>('.dw-jobs-title');
  if (!button) return;
  event.preventDefault();
  button.focus();
}
