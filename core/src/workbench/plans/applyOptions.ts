import { html, nothing, type TemplateResult } from 'lit';
import type { JobOptions } from '../../common';
import { MAX_RETRIES, READ_RETRIES } from '../../common/jobs/errorPolicy';
import { parseSize } from '../../common/text/size';
import { icon } from '../widgets/parts';
import type { PlanAnswer } from './planFacts';
import { SAVED_WORDS } from './planWords';

export type AppliedOptions = Pick<JobOptions, 'onError' | 'retries' | 'undoBudget' | 'delta' | 'reflink' | 'digests'>;
type OnError = NonNullable<JobOptions['onError']>;

/** A size in sectors means those of 512 bytes: it is of no device. */
const BUDGET_UNIT = 512;
const FIRST_BUDGET = '1 GiB';

const ON_ERROR: readonly (readonly [OnError, string])[] = [
  ['retry', 'Try again, then write zeros in their place and go on'],
  ['skip', 'Write zeros in their place at once and go on'],
  ['stop', 'End the job'],
];

/** What a user chooses when a plan is applied and is no part of it: a part of the dialog, closed until it is asked for. */
export class ApplyOptions {
  private onError: OnError = 'retry';
  private retries = String(READ_RETRIES);
  private saves = false;
  private budget = FIRST_BUDGET;
  private delta = false;
  private reflink = false;
  private digests = true;

  /** @param onChange draws it anew */
  constructor(
    private readonly plan: Pick<PlanAnswer['plan'], 'undo' | 'devices'>,
    private readonly onChange: () => void,
  ) {}

  /** Null while something in it cannot be taken. */
  get value(): AppliedOptions | null {
    if (this.retriesProblem || this.budgetProblem) return null;
    const { onError } = this;
    const isUsual = onError === 'retry' && Number(this.retries) === READ_RETRIES;
    return {
      ...(!isUsual && { onError, ...(onError === 'retry' && { retries: Number(this.retries) }) }),
      ...(this.saves && { undoBudget: parseSize(this.budget, BUDGET_UNIT, 'The size') }),
      ...(this.delta && { delta: true }),
      ...(this.reflink && { reflink: true }),
      ...(!this.digests && { digests: false }),
    };
  }

  /** What is saved of what is overwritten, as it is chosen now. */
  get saved(): PlanAnswer['plan']['undo'] {
    return this.saves ? 'full' : this.plan.undo;
  }

  private get reads(): boolean {
    return this.plan.devices.some(({ role }) => role === 'source');
  }

  /** Blocks are shared between files alone. */
  private get isOfFiles(): boolean {
    return this.plan.devices.every(({ identity }) => identity.kind === 'file');
  }

  private get retriesProblem(): string | null {
    const count = Number(this.retries);
    const isCount = /^\d+$/.test(this.retries.trim()) && count <= MAX_RETRIES;
    return this.onError !== 'retry' || isCount ? null : `Give a number from 0 to ${MAX_RETRIES}.`;
  }

  private get budgetProblem(): string | null {
    if (!this.saves) return null;
    try {
      return parseSize(this.budget, BUDGET_UNIT, 'The size') > 0 ? null : 'Give a size above 0, or clear the box above.';
    } catch (error) {
      return (error as Error).message;
    }
  }

  render(): TemplateResult {
    return html`<details class="dw-apply-options">
      <summary>Options: ${this.summary()}</summary>
      ${this.reads ? html`${this.renderOnError()} ${this.renderDelta()} ${this.isOfFiles ? this.renderReflink() : nothing} ${this.renderDigests()}` : nothing}
      ${this.renderSaving()}
    </details>`;
  }

  /** What is chosen, while the options are closed. */
  private summary(): string {
    const size = this.saves && !this.budgetProblem ? `, up to ${this.budget}` : '';
    const saved = `saved for an undo: ${SAVED_WORDS[this.saved].short.toLowerCase()}${size}`;
    const unread = {
      retry: `unreadable sectors tried again (${this.retries}×), then zeros`,
      skip: 'zeros for unreadable sectors',
      stop: 'ended at an unreadable sector',
    }[this.onError];
    const chosen = [
      this.delta && 'only what differs is written',
      this.reflink && 'blocks shared with the source where they can be',
      !this.digests && 'no digests kept',
    ];
    return [this.reads && unread, ...chosen, saved].filter(Boolean).join('; ');
  }

  private renderOnError(): TemplateResult {
    return html`<label class="dw-apply-option">
        <span>Sectors of the source that cannot be read</span>
        <select
          class="dw-select"
          @change=${(event: Event) =>
            this.change(() => (this.onError = ON_ERROR[(event.target as HTMLSelectElement).selectedIndex]![0]))}
        >
          ${ON_ERROR.map(([value, text]) => html`<option ?selected=${value === this.onError}>${text}</option>`)}
        </select>
      </label>
      ${
        this.onError === 'retry'
          ? field('Tries after the first', this.retries, this.retriesProblem, (text) => this.change(() => (this.retries = text)))
          : nothing
      }`;
  }

  private renderDelta(): TemplateResult {
    return html`${check('Write only what differs from what is on the target', this.delta, (on) => this.change(() => (this.delta = on)))}
      <p class="dw-muted">The target is read as well: worth it where most of it is there already, from a clone before.</p>`;
  }

  private renderReflink(): TemplateResult {
    return html`${check('Share the source’s blocks where the filesystem can', this.reflink, (on) => this.change(() => (this.reflink = on)))}
      <p class="dw-muted">
        Done at once between files on one btrfs or XFS filesystem; but it is no second copy on the medium, and is not verified.
        Elsewhere everything is copied.
      </p>`;
  }

  private renderDigests(): TemplateResult {
    return html`${check('Keep digests of what is copied', this.digests, (on) => this.change(() => (this.digests = on)))}
      <p class="dw-muted">
        Without them it takes less of the processor; but to verify, then or later, source and target both have to be read.
      </p>`;
  }

  private renderSaving(): unknown {
    const { undo } = this.plan;
    if (undo === 'full') return nothing;
    return html`${check('Save everything that is overwritten, so that it can be undone', this.saves, (on) => this.change(() => (this.saves = on)))}
    ${
      this.saves
        ? html`${field('Up to', this.budget, this.budgetProblem, (text) => this.change(() => (this.budget = text)))}
            <p class="dw-muted">
              It is kept in the job’s folder; zeros take no room. Where it would be more, the job ends before anything is written.
            </p>`
        : html`<p class="dw-muted">Saved in any case: ${SAVED_WORDS[undo].short.toLowerCase()}.</p>`
    }`;
  }

  private change(set: () => void): void {
    set();
    this.onChange();
  }
}

function check(label: string, isOn: boolean, set: (isOn: boolean) => void): TemplateResult {
  return html`<label class="dw-apply-check">
    <input type="checkbox" .checked=${isOn} @change=${(event: Event) => set((event.target as HTMLInputElement).checked)} />
    <span>${label}</span>
  </label>`;
}

function field(label: string, value: string, problem: string | null, type: (text: string) => void): TemplateResult {
  return html`<label class="dw-apply-option">
      <span>${label}</span>
      <input
        class="dw-input"
        type="text"
        autocomplete="off"
        spellcheck="false"
        .value=${value}
        aria-invalid=${problem !== null}
        @input=${(event: Event) => type((event.target as HTMLInputElement).value)}
      />
    </label>
    ${problem === null ? nothing : html`<p class="dw-apply-problem" role="alert">${icon('error')} ${problem}</p>`}`;
}
