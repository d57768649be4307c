import { html, nothing, render, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import { formatSize } from '../../common/text/size';
import type { WorkbenchResult } from '../../common/workbench';
import type { DialogOptions, Workbench } from '../api';
import { miniMap } from '../widgets/devicePicker/miniMap';
import { callout } from '../widgets/parts';
import { sentence } from '../widgets/shared/errorText';
import { ApplyOptions, type AppliedOptions } from './applyOptions';
import { layoutSummary } from './layoutSummary';
import type { PlanAnswer } from './planFacts';
import { SAVED_WORDS, shortDigest } from './planWords';

type Safety = WorkbenchResult<'plans/safety'>;
type Target = Safety['targets'][number];

/**
 * Shows what stands before a plan is applied, and asks for it.
 * @param canChange offers to make the plan anew where it is refused
 * @returns what `plans/apply` wants; `change` when it is to be made anew; null when the user went back
 * @throws as `plans/safety`
 */
export async function askToApply(
  { host, dialogs, devices }: Workbench,
  { digest, plan }: PlanAnswer,
  { signal, canChange }: { signal: AbortSignal; canChange: boolean },
): Promise<{ word: string | null; options: AppliedOptions } | 'change' | null> {
  const safety = await host.request('plans/safety', { digest }, signal);
  const { word, action, refusals } = safety;
  const body = document.createElement('div');
  body.className = 'dw-apply';
  let typed = '';
  let changed = (): void => undefined;
  const type = (event: InputEvent): void => {
    typed = (event.target as HTMLInputElement).value.trim();
    changed();
  };
  const draw = (): void => void render(content(), body);
  const options = new ApplyOptions(plan, () => {
    draw();
    changed();
  });
  const content = (): TemplateResult =>
    html`${refusals.map((reason) => callout('error', sentence(printable(reason))))}
      ${safety.targets.map((target) => targetBlock(target, devices.label(target.path)))}
      ${plan.warnings.map((warning) => callout('warning', sentence(printable(warning))))}
      ${refusals.length > 0 ? nothing : html`${savedFirst(options.saved)} ${options.render()}`}
      <p class="dw-muted">Plan <code>${shortDigest(digest)}</code>: ${printable(plan.title)}</p>
      ${refusals.length === 0 && word !== null ? wordField(word, type) : nothing}`;
  draw();
  if (refusals.length > 0) {
    const back = { label: 'Back to the plan', kind: 'primary' } as const;
    const buttons: DialogOptions['buttons'] = canChange ? [back, { label: 'Make another…', kind: 'normal' }] : [back];
    const button = await dialogs.show({ title: 'This cannot be applied now', body, buttons });
    return button === 1 ? 'change' : null;
  }
  const button = await dialogs.show({
    title: 'Apply this plan?',
    body,
    buttons: [
      { label: action, kind: 'danger' },
      { label: 'Back to the plan', kind: 'normal' },
    ],
    enabled: (index) => index !== 0 || ((word === null || typed === word) && options.value !== null),
    onOpen: (update) => (changed = update),
  });
  return button === 0 && options.value ? { word, options: options.value } : null;
}

/** The target by what it is and what is on it, not by its size alone. */
export function targetBlock({ path, size, disk, layout, replaced, holdsData }: Target, label: string): TemplateResult {
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
export function savedFirst(undo: PlanAnswer['plan']['undo']): TemplateResult {
  const { short, meaning } = SAVED_WORDS[undo];
  return html`<p><strong>Saved first: ${short.toLowerCase()}.</strong> ${meaning}</p>`;
}

/** The field for what has to be typed. */
export function wordField(word: string, type: (event: InputEvent) => void): TemplateResult {
  return html`<label class="dw-apply-word">
    <span>To go ahead, type <strong class="dw-mono">${word}</strong></span>
    <input class="dw-input" type="text" autocomplete="off" spellcheck="false" data-autofocus @input=${type} />
  </label>`;
}
