import { DiskwrightError } from '@diskwright/sdk/errors';
import type { CommandInput } from '@diskwright/sdk/protocol';
import { printable } from '../../common/text/printable';
import type { WorkbenchResult } from '../../common/workbench';
import type { Workbench } from '../api';

type Missing = WorkbenchResult<'plugins/missingGrants'>['missing'];

/**
 * Runs a command; where its plugin was not granted what it needs, asks the user, grants it and runs the command once more.
 * @throws what the command throws; the refusal, when the user does not agree
 */
export function withGrants<T>(workbench: Workbench, command: string, input: CommandInput, run: () => Promise<T>): Promise<T> {
  return askedGrants(workbench, () => workbench.host.request('plugins/missingGrants', { command, input }), run);
}

/** As {@link withGrants}, for anything of which the host can say what is missing for it. */
export async function askedGrants<T>(
  workbench: Workbench,
  ask: () => Promise<{ missing: Missing }>,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DiskwrightError) || error.code !== 'CapabilityDenied') throw error;
    const { missing } = await ask();
    if (missing.length === 0 || !(await agreed(workbench, missing))) throw error;
    for (const { id, capability, device } of missing) await workbench.host.request('plugins/grant', { id, capability, device });
    return run();
  }
}

async function agreed({ dialogs }: Workbench, missing: Missing): Promise<boolean> {
  const name = printable(missing[0]!.displayName);
  const body = document.createElement('div');
  const list = document.createElement('ul');
  for (const { capability, device } of missing) {
    const item = document.createElement('li');
    item.textContent = `${capability === 'device.read' ? 'read' : 'make plans that write'} ${printable(device)}`;
    list.append(item);
  }
  const words = document.createElement('p');
  words.textContent = `${name} (${missing[0]!.id}) did not come with Diskwright. It asks to:`;
  const back = document.createElement('p');
  back.textContent = 'That holds until you revoke it, on the page of the plugin.';
  body.append(words, list, back);
  const buttons = [
    { label: `Allow ${name}`, kind: 'primary' as const },
    { label: 'Do not allow it', kind: 'normal' as const },
  ];
  return (await dialogs.show({ title: `Allow ${name} to use this device?`, body, buttons })) === 0;
}
