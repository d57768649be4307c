import type { Workbench } from '../api';
import { ApplyForm } from './applyForm';

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
  const assess = async (digest: string) => {
    const [{ plan }, safety] = await Promise.all([
      host.request('plans/read', { digest }, signal),
      host.request('plans/safety', { digest }, signal),
    ]);
    return { digest, plan, safety };
  };
  const assessed = await Promise.all(digests.map(assess));
  const form = new ApplyForm(devices, assessed);
  if (form.refusals.length > 0) {
    await dialogs.show({
      title: 'These cannot be applied now',
      body: form.body,
      buttons: [{ label: 'Back', kind: 'primary' }],
    });
    return null;
  }
  const count = digests.length;
  const options = await form.ask(dialogs, `Apply these ${count} plans together?`, `Erase and write ${count} targets`, 'Back');
  if (!options) return null;
  const plans = assessed.map(({ digest, safety }) => ({ digest, word: safety.word }));
  return (await host.request('plans/applyTogether', { title, plans, options }, signal)).jobIds;
}
