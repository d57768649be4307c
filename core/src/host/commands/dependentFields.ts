import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, ResolveResult } from '@diskwright/sdk/protocol';
import type { ResolvedInput } from './inputDevices';

type FieldError = ResolveResult['errors'][number];

/** The fields whose values depend on others; see `dependent` of a field. */
function dependentFields({ input }: Pick<CommandContribution, 'input'>): string[] {
  return Object.entries(input.properties).flatMap(([name, field]) => ('dependent' in field && field.dependent ? [name] : []));
}

/** What a plugin says of an input. */
export interface Judged {
  /** Of the input with what was proposed; what is not among the choices of a dependent field is among the errors. */
  judged: ResolveResult;
  /** For dependent fields that were not given. */
  proposed: CommandInput;
}

/**
 * Has an input judged, with what the plugin proposes for dependent fields that were not given. A proposal may change what it proposes for another
 * field, so it is asked until nothing is added.
 */
export async function judgeWithDependents(
  contribution: Pick<CommandContribution, 'input'>,
  given: CommandInput,
  judge: (input: CommandInput) => Promise<ResolveResult>,
): Promise<Judged> {
  const fields = dependentFields(contribution);
  let proposed: CommandInput = {};
  for (;;) {
    const input = { ...given, ...proposed };
    const judged = await judge(input);
    const missing = fields.filter((field) => input[field] === undefined && judged.defaults[field] !== undefined);
    if (missing.length === 0)
      return { judged: { ...judged, errors: [...choiceErrors(fields, input, judged), ...judged.errors] }, proposed };
    proposed = { ...proposed, ...Object.fromEntries(missing.map((field) => [field, judged.defaults[field]])) };
  }
}

/**
 * Fills in what the command's plugin proposes for dependent fields, and holds all against what it says of the input.
 * @throws InvalidInputError with everything that the plugin finds wrong
 */
export async function withDependents(
  contribution: CommandContribution,
  resolved: ResolvedInput,
  judge: (input: CommandInput) => Promise<ResolveResult>,
): Promise<ResolvedInput> {
  if (dependentFields(contribution).length === 0) return resolved;
  const { judged, proposed } = await judgeWithDependents(contribution, resolved.input, judge);
  requireNone(contribution.id, judged.errors);
  return { ...resolved, input: { ...resolved.input, ...proposed }, lasting: { ...resolved.lasting, ...proposed } };
}

function choiceErrors(fields: readonly string[], input: CommandInput, { choices }: ResolveResult): FieldError[] {
  return fields.flatMap((field) => {
    const value = input[field];
    const allowed = choices[field];
    if (value === undefined || !allowed || allowed.some((choice) => choice.value === value)) return [];
    const values = allowed.map((choice) => String(choice.value)).join(', ');
    return [
      { field, message: `is ${JSON.stringify(value)}, ${values === '' ? 'and can be nothing here' : `not one of ${values}`}` },
    ];
  });
}

function requireNone(command: string, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const todo = errors.find((error) => error.todo !== undefined)?.todo;
  throw new InvalidInputError(`the input of ${command} is not right`, {
    details: errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)),
    ...(todo !== undefined && { todo }),
  });
}
