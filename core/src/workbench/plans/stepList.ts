import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Phase, Step } from '@diskwright/sdk/protocol';
import type { HostConnection } from '../api';
import { LightElement } from '../widgets/lightElement';
import { errorCallout, icon } from '../widgets/parts';
import { phaseStarts, type PhaseStart } from './phaseStarts';
import { PHASE_TITLES } from './planWords';
import { StepPages } from './stepPages';
import { stepWords } from './stepWords';

const ROW_PIXELS = 44;
/** What is taller scrolls by itself; half a row more shows that it goes on. */
const MOST_ROWS_IN_SIGHT = 13;
const ROWS_AROUND = 6;

const TITLES = new Map<Phase, string>(PHASE_TITLES);

/** The steps of a plan in words, under the phases in which they run. Only what is in sight is fetched and drawn. */
@customElement('dw-plan-steps')
export class StepList extends LightElement {
  @state() private starts: PhaseStart[] | null = null;
  @state() private firstRow = 0;
  @state() private failure: unknown = null;
  private readonly pages: StepPages;

  /** @param openAt shows a place of a device of the plan */
  constructor(
    host: HostConnection,
    digest: string,
    private readonly stepCount: number,
    private readonly openAt: (place: { device: string; offset: number }) => void,
  ) {
    super();
    this.pages = new StepPages(
      (from, count) => wholePage(host, digest, from, Math.min(count, stepCount - from)),
      (error) => {
        if (error !== undefined) this.failure = error;
        this.requestUpdate();
      },
    );
    phaseStarts(stepCount, async (index) => (await this.pages.get(index)).phase).then(
      (starts) => (this.starts = starts),
      (error: unknown) => (this.failure = error),
    );
  }

  protected override render(): unknown {
    if (this.failure) return errorCallout(this.failure);
    if (this.stepCount === 0) return html`<p class="dw-muted">This plan has no steps: it does nothing.</p>`;
    if (!this.starts) return html`<p class="dw-muted" role="status">Reading the steps…</p>`;
    const rows = this.stepCount + this.starts.length;
    const inSight = Math.min(rows, MOST_ROWS_IN_SIGHT);
    const from = Math.max(0, this.firstRow - ROWS_AROUND);
    const to = Math.min(rows, this.firstRow + inSight + ROWS_AROUND);
    return html`<div
      class="dw-steps"
      role="list"
      aria-label="Steps"
      tabindex=${rows > inSight ? '0' : nothing}
      style=${styleMap({ height: `${(rows > inSight ? inSight + 0.5 : inSight) * ROW_PIXELS + 2}px` })}
      @scroll=${this.scrolled}
    >
      <div class="dw-steps-all" style=${styleMap({ height: `${rows * ROW_PIXELS}px` })}>
        <div class="dw-steps-window" style=${styleMap({ transform: `translateY(${from * ROW_PIXELS}px)` })}>
          ${Array.from({ length: to - from }, (_, index) => this.renderRow(from + index, rows))}
        </div>
      </div>
    </div>`;
  }

  private renderRow(row: number, rows: number): TemplateResult {
    const place = rowAt(this.starts!, row);
    const common = { position: row + 1, rows };
    if ('phase' in place) return renderPhase(place.phase, common);
    const step = this.pages.peek(place.step);
    return step ? this.renderStep(place.step, step, common) : renderMissing(place.step, common);
  }

  private renderStep(index: number, step: Step, { position, rows }: Position): TemplateResult {
    const { icon: name, title, detail, place } = stepWords(step);
    return html`<div class="dw-step" role="listitem" aria-posinset=${position} aria-setsize=${rows}>
      <span class="dw-step-number">${index + 1}</span>${icon(name)}
      <div class="dw-step-text">
        <div class="dw-step-title" title=${title}>${title}</div>
        <div class="dw-step-detail" title=${detail}>${detail}</div>
      </div>
      ${
        place
          ? html`<button
              type="button"
              class="dw-icon-button"
              title="Open sectors at ${place.offset}"
              aria-label="Open sectors of step ${index + 1}"
              @click=${() => this.openAt(place)}
            >
              ${icon('file-binary')}
            </button>`
          : nothing
      }
    </div>`;
  }

  private readonly scrolled = (event: Event): void => {
    this.firstRow = Math.floor((event.target as HTMLElement).scrollTop / ROW_PIXELS);
  };
}

/** An answer may hold fewer steps than were asked for, since a message has a bound. */
async function wholePage(host: HostConnection, digest: string, from: number, count: number): Promise<Step[]> {
  const page: Step[] = [];
  while (page.length < count) {
    const { steps } = await host.request('plans/steps', { digest, from: from + page.length, count: count - page.length });
    if (steps.length === 0) break;
    page.push(...steps);
  }
  return page;
}

interface Position {
  position: number;
  rows: number;
}

function renderPhase(phase: Phase, { position, rows }: Position): TemplateResult {
  return html`<div class="dw-step-phase" role="listitem" aria-posinset=${position} aria-setsize=${rows}>
    <h3>${TITLES.get(phase)}</h3>
  </div>`;
}

function renderMissing(index: number, { position, rows }: Position): TemplateResult {
  return html`<div class="dw-step" role="listitem" aria-posinset=${position} aria-setsize=${rows}>
    <span class="dw-step-number">${index + 1}</span>${icon('loading')}
    <div class="dw-step-text dw-muted">…</div>
  </div>`;
}

/** What stands in a row: each phase has a heading of its own before its first step. */
function rowAt(starts: readonly PhaseStart[], row: number): { phase: Phase } | { step: number } {
  let headings = 0;
  for (const { phase, index } of starts) {
    if (row === index + headings) return { phase };
    if (row < index + headings) break;
    headings++;
  }
  return { step: row - headings };
}
