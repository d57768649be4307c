import type { DialogOptions, Workbench } from '../api';
import { ApplyForm } from './applyForm';
import type { AppliedOptions } from './applyOptions';
import type { PlanAnswer } from './planFacts';

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
  const form = new ApplyForm(devices, [{ digest, plan, safety }]);
  if (form.refusals.length > 0) {
    const back = { label: 'Back to the plan', kind: 'primary' } as const;
    const buttons: DialogOptions['buttons'] = canChange ? [back, { label: 'Make another…', kind: 'normal' }] : [back];
    const button = await dialogs.show({ title: 'This cannot be applied now', body: form.body, buttons });
    return button === 1 ? 'change' : null;
  }
  const options = await form.ask(dialogs, 'Apply this plan?', safety.action, 'Back to the plan');
  return options && { word: safety.word, options };
}
