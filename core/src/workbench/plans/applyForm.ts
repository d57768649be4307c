import { html, nothing, render, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { formatSize } from '../../common/text/size';
import type { WorkbenchResult } from '../../common/workbench';
import type { DialogButton, Workbench } from '../api';
import { miniMap } from '../widgets/devicePicker/miniMap';
import { callout } from '../widgets/parts';
import { sentence } from '../widgets/shared/errorText';
import { ApplyOptions, type AppliedOptions } from './applyOptions';
import { layoutSummary } from './layoutSummary';
import type { PlanAnswer } from './planFacts';
import { SAVED_WORDS, shortDigest } from './planWords';

type Safety = WorkbenchResult<'plans/safety'>;
type Target = Safety['targets'][number];

/** A plan that is to be applied, and what stands before it. */
export interface AssessedPlan {
  digest: string;
  plan: PlanAnswer['plan'];
  safety: Safety;
}

/** What is shown before plans are applied: their targets with what is on them, warnings, options, and the word to be typed, for all of them once. */
export class ApplyForm {
  readonly refusals: readonly string[];
  readonly body = document.createElement('div');
  private readonly word: string | null;
  private readonly warnings: readonly string[];
  private readonly options: ApplyOptions;
  private typed = '';
  private changed = (): void => undefined;

  /** @param plans at least one; their options are those of the first */
  constructor(
    private readonly devices: Workbench['devices'],
    private readonly plans: readonly AssessedPlan[],
  ) {
    this.refusals = plans.flatMap(({ safety }) => safety.refusals);
    this.word = plans.flatMap(({ safety }) => safety.word ?? []).join(' ') || null;
    this.warnings = [...new Set(plans.flatMap(({ plan }) => plan.warnings))];
    this.options = new ApplyOptions(plans[0]!.plan, () => {
      this.draw();
      this.changed();
    });
    this.body.className = 'dw-apply';
    this.draw();
  }

  /** Lets the user decide. @returns how the jobs are to run; null when the user went back */
  async ask(dialogs: Workbench['dialogs'], title: string, action: string, back: string): Promise<AppliedOptions | null> {
    const buttons: DialogButton[] = [
      { label: action, kind: 'danger' },
      { label: back, kind: 'normal' },
    ];
    const isReady = (): boolean => (this.word === null || this.typed === this.word) && this.options.value !== null;
    const button = await dialogs.show({
      title,
      body: this.body,
      buttons,
      enabled: (index) => index !== 0 || isReady(),
      onOpen: (update) => (this.changed = update),
    });
    return button === 0 ? this.options.value : null;
  }

  private draw(): void {
    render(this.content(), this.body);
  }

  private content(): TemplateResult {
    const isRefused = this.refusals.length > 0;
    const type = (event: InputEvent): void => {
      this.typed = (event.target as HTMLInputElement).value.trim();
      this.changed();
    };
    return html`${this.refusals.map((reason) => callout('error', sentence(printable(reason))))}
    ${this.plans.map(
      ({ digest, plan, safety }) =>
        html`${safety.targets.map((target) => targetBlock(target, this.devices.label(target.path)))}
          <p class="dw-muted">Plan <code>${shortDigest(digest)}</code>: ${printable(plan.title)}</p>`,
    )}
    ${this.warnings.map((warning) => callout('warning', sentence(printable(warning))))}
    ${isRefused ? nothing : html`${savedFirst(this.options.saved)} ${this.options.render()}`}
    ${isRefused || this.word === null ? nothing : wordField(this.word, type)}`;
  }
}

/** The target by what it is and what is on it, not by its size alone. */
function targetBlock({ path, size, disk, layout, replaced, holdsData }: Target, label: string): TemplateResult {
  const facts: [string, string | null | undefined][] = [
    ['Target', path],
    ['Model', disk?.model],
    ['Serial', disk?.serial],
    ['Bus', disk?.transport],
    ['Size', formatSize(size)],
    ['Mounted', disk?.mounted.join(', ')],
  ];
  return html`<section class="dw-apply-target">
    <h3>${printable(label)}</h3>
    <dl class="dw-facts">
      ${facts.map(([name, value]) =>
        value
          ? html`<dt>${name}</dt>
              <dd>${printable(value)}</dd>`
          : nothing,
      )}
    </dl>
    ${
      layout && holdsData
        ? html`<h3>On it now</h3>
            ${miniMap({ layout, structures: [] })} ${layoutSummary(layout, 'On it now')}`
        : nothing
    }
    ${disk?.system ? callout('warning', 'The running system lies on this disk.') : nothing}
    ${callout(holdsData ? 'warning' : 'info', printable(replaced))}
  </section>`;
}

/** What can be had back afterwards, and what cannot. */
function savedFirst(undo: PlanAnswer['plan']['undo']): TemplateResult {
  const { short, meaning } = SAVED_WORDS[undo];
  return html`<p><strong>Saved first: ${short.toLowerCase()}.</strong> ${meaning}</p>`;
}

/** The field for what has to be typed. */
function wordField(word: string, type: (event: InputEvent) => void): TemplateResult {
  return html`<label class="dw-apply-word">
    <span>To go ahead, type <strong class="dw-mono">${word}</strong></span>
    <input class="dw-input" type="text" autocomplete="off" spellcheck="false" data-autofocus @input=${type} />
  </label>`;
}
