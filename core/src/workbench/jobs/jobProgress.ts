import { html, nothing, type TemplateResult } from 'lit';
import { shareOf, stageText } from '../../common/text/jobStage';
import { printable } from '../../common/text/printable';
import { formatSize } from '../../common/text/size';
import type { JobDetails } from '../../common/workbench';
import { icon, progressBar } from '../widgets/parts';
import { limitText, percentText, timeLeftText } from './jobWords';
import './rateGraph';
import type { RateHistory } from './rateHistory';
import { stuckRequests } from './slowPlaces';
import { stagesOf, type Stage } from './stages';

const STAGE_SIGNS: Readonly<Record<Stage['state'], { icon: string; text: string }>> = {
  done: { icon: 'pass', text: 'done' },
  current: { icon: 'arrow-right', text: 'now' },
  waiting: { icon: 'circle-outline', text: 'to come' },
  unreached: { icon: 'circle-outline', text: 'not reached' },
  stopped: { icon: 'circle-slash', text: 'stopped here' },
  skipped: { icon: 'dash', text: 'not asked for' },
};

const PAUSED = 'Resting: nothing is read or written until it is resumed; its devices stay taken';

/** How far a running job is, how fast, and what holds it up. */
export function jobProgress({ progress }: JobDetails, rates: RateHistory, labelOf: (device: string) => string): TemplateResult {
  if (!progress) return html`<p class="dw-muted">Waiting for the first word from it…</p>`;
  const { done, total, bytesPerSecond, paused } = progress;
  const text = printable(stageText(progress));
  const amounts = total > 0 ? `${formatSize(done)} of ${formatSize(total)}` : '';
  const rate = bytesPerSecond > 0 && !paused ? `${formatSize(Math.round(bytesPerSecond))}/s` : '';
  return html`<div class="dw-job-progress">
    <div class="dw-job-progress-line">
      <strong>${text}</strong><span class="dw-number">${total > 0 ? percentText(progress) : ''}</span>
    </div>
    ${progressBar(text, total > 0 ? shareOf(progress) : null)}
    <div class="dw-muted">
      ${[amounts, rate, timeLeftText(progress), paused ? PAUSED : limitText(progress)].filter(Boolean).join(' · ')}
    </div>
    ${stuckRequests(progress, labelOf, 'The job waits for it. It can be cancelled at any time.')}
    <dw-rate-graph .history=${rates} .revision=${Date.now()}></dw-rate-graph>
  </div>`;
}

/** Every stage of a job with what became of it. @param reached the furthest stage that was seen */
export function jobStages(job: JobDetails, reached: string): TemplateResult {
  return html`<h2>Stages</h2>
    <ol class="dw-stages">
      ${stagesOf(job, job.state === 'running' ? job.progress : null, reached).map(
        ({ title, state: how }) =>
          html`<li class="dw-stage dw-stage-${how}" aria-current=${how === 'current' ? 'step' : nothing}>
            ${icon(STAGE_SIGNS[how].icon)}<span>${title}</span> <span class="dw-muted">${STAGE_SIGNS[how].text}</span>
          </li>`,
      )}
    </ol>`;
}
