import type { CommandContribution, CommandInput } from '@diskwright/sdk/protocol';
import type { WorkbenchResult } from '../../common/workbench';
import type { Workbench } from '../api';
import { withGrants } from '../plugins/askGrants';
import { keepResult } from '../results/keptResults';
import type { ResultParams } from '../results/resultEditor';
import { type CommandProgress, onProgressOf } from './commandProgress';

export type CommandOutcome = WorkbenchResult<'commands/execute'>;

/** Runs a command; aborting the signal cancels it at its plugin. @throws as `commands/execute` */
export async function executeCommand(
  workbench: Workbench,
  command: string,
  input: CommandInput,
  { signal, onProgress }: { signal: AbortSignal; onProgress(progress: CommandProgress): void },
): Promise<CommandOutcome> {
  const { host } = workbench;
  const token = crypto.randomUUID();
  const listening = onProgressOf(host, token, onProgress);
  try {
    return await withGrants(workbench, command, input, () => host.request('commands/execute', { token, command, input }, signal));
  } finally {
    listening.dispose();
  }
}

/** Opens what came of a command: a plan to be reviewed, or something to look at. @param input without secrets */
export async function openOutcome(
  { editors }: Workbench,
  { id, title, input: schema }: Pick<CommandContribution, 'id' | 'title' | 'input'>,
  input: CommandInput,
  outcome: CommandOutcome,
): Promise<void> {
  if (outcome.kind === 'plan') {
    await editors.open({ type: 'plan', key: outcome.plan, params: { digest: outcome.plan } });
    return;
  }
  const key = keepResult(outcome);
  const params: ResultParams = { command: id, title, input, device: deviceIn(schema, input) };
  await editors.open({ type: 'result', key, params });
}

/** The device that a command was given first. */
function deviceIn({ properties }: CommandContribution['input'], input: CommandInput): string | null {
  for (const [field, definition] of Object.entries(properties)) {
    const value = input[field];
    if (definition.type !== 'string' || typeof value !== 'string') continue;
    if (definition.format === 'device') return value;
    if (definition.format === 'volume') return value.replace(/#\d+$/, '');
    if (definition.format === 'volumePath') return value.replace(/#\d+(:\/.*)?$/s, '');
  }
  return null;
}
