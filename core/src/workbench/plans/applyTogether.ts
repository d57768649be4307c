import { html, nothing, render, type TemplateResult } from 'lit';
import { printable } from '../../common/text/printable';
import type { Workbench } from '../api';
import { callout } from '../widgets/parts';
import { sentence } from '../widgets/shared/errorText';
import { savedFirst, targetBlock, wordField } from './applyDialog';
import { ApplyOptions } from './applyOptions';
import { shortDigest } from './planWords';

/**
 * Shows what stands before plans are applied that one command made for several targets, asks for it once, and starts their jobs together.
 * @param title of the command
 * @returns the jobs; null when the user went back: the plans are kept, each to be applied by itself
 */
export async function applyTogether(
  { host, dialogs, devices }: Workbench,
  title: string,
  digests: readonly string[],
  signal: AbortSignal,
): Promise<string[] | null> {
  const read = (digest: string) => host.request('plans/read', { digest }, signal);
  const assess = (digest: string) => host.request('plans/safety', { digest }, signal);
  const [answers, safeties] = await Promise.all([Promise.all(digests.map(read)), Promise.all(digests.map(assess))]);
  const refusals = safeties.flatMap((safety) => safety.refusals);
  const word = safeties.flatMap((safety) => safety.word ?? []).join(' ') || null;
  const warnings = [...new Set(answers.flatMap(({ plan }) => plan.warnings))];
  const body = document.createElement('div');
  body.className = 'dw-apply';
  let typed = '';
  let changed = (): void => undefined;
  const type = (event: InputEvent): void => {
    typed = (event.target as HTMLInputElement).value.trim();
    changed();
  };
  const draw = (): void => void render(content(), body);
  const options = new ApplyOptions(answers[0]!.plan, () => {
    draw();
    changed();
  });
  const content = (): TemplateResult =>
    html`${refusals.map((reason) => callout('error', sentence(printable(reason))))}
    ${safeties.map(({ targets }, index) => {
      const { digest, plan } = answers[index]!;
      return html`${targets.map((target) => targetBlock(target, devices.label(target.path)))}
        <p class="dw-muted">Plan <code>${shortDigest(digest)}</code>: ${printable(plan.title)}</p>`;
    })}
    ${warnings.map((warning) => callout('warning', sentence(printable(warning))))}
    ${refusals.length > 0 ? nothing : html`${savedFirst(options.saved)} ${options.render()}`}
    ${refusals.length === 0 && word !== null ? wordField(word, type) : nothing}`;
  draw();
  if (refusals.length > 0) {
    await dialogs.show({ title: 'These cannot be applied now', body, buttons: [{ label: 'Back', kind: 'primary' }] });
    return null;
  }
  const button = await dialogs.show({
    title: `Apply these ${digests.length} plans together?`,
    body,
    buttons: [
      { label: `Erase and write ${digests.length} targets`, kind: 'danger' },
      { label: 'Back', kind: 'normal' },
    ],
    enabled: (index) => index !== 0 || ((word === null || typed === word) && options.value !== null),
    onOpen: (update) => (changed = update),
  });
  if (button !== 0 || !options.value) return null;
  const plans = digests.map((digest, index) => ({ digest, word: safeties[index]!.word }));
  return (await host.request('plans/applyTogether', { title, plans, options: options.value }, signal)).jobIds;
}
