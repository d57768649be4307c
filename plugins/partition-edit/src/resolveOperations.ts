import type { PluginContext } from '@diskwright/sdk';
import { InvalidInputError, NotSupportedError, RefusedError } from '@diskwright/sdk/errors';
import type { CommandInput, ResolveResult } from '@diskwright/sdk/protocol';
import { refuseTooSmall } from './contents';
import { labels } from './labels';
import { readOperations } from './operations';
import { type Prepared, prepare } from './prepare';
import { changeWarnings, moveWarnings } from './warnings';

/** What is wrong with operations while they are made, what they come to, and what the user should know. */
export async function resolveOperations(input: CommandInput, context: PluginContext): Promise<Partial<ResolveResult>> {
  const values = Array.isArray(input['operations']) ? (input['operations'] as unknown[]) : [];
  const { wanted, errors } = readOperations(values);
  if (errors.length > 0) return { errors: errors.map(({ item, message }) => ({ field: `operations.${item}`, message })) };
  if (values.length === 0 || context.named['device'] === undefined) return {};
  try {
    const prepared = await prepare(context, input['device'] as string, wanted);
    refuseShrunk(prepared);
    const { before, changed, device, layout, moves, table } = prepared;
    const warnings = [
      ...table.warnings,
      ...changeWarnings(changed, device, layout),
      ...(before ? moveWarnings(moves, before) : []),
    ];
    return { warnings: warnings.slice(0, 256), preview: labels(wanted).join('\n') };
  } catch (error) {
    return { errors: [fieldError(error)] };
  }
}

/** By the sizes that the layout shows; what a filesystem needs in full is found out when the plan is made. */
function refuseShrunk({ changed, layout }: Prepared): void {
  for (const partition of changed) {
    const filesystem = layout.partitions.find(({ number }) => number === partition.before?.number)?.filesystem ?? null;
    refuseTooSmall(partition, filesystem);
  }
}

function fieldError(error: unknown): ResolveResult['errors'][number] {
  if (!(error instanceof RefusedError || error instanceof InvalidInputError || error instanceof NotSupportedError)) throw error;
  const { item, todo } = error.detail;
  const message = error.message.replace(/^operation \d+: /, '');
  return { field: item === undefined ? 'operations' : `operations.${item}`, message, ...(todo && { todo }) };
}
