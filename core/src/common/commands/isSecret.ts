import type { CommandContribution, CommandInput, InputField } from '@diskwright/sdk/protocol';

/** Whether a field's value must stand in no list of processes, log, plan or file. */
export function isSecret(definition: InputField | undefined): boolean {
  return definition?.type === 'string' && definition.format === 'secret';
}

/** The secrets in an input. */
export function secretsIn({ input: schema }: Pick<CommandContribution, 'input'>, input: CommandInput): string[] {
  return Object.entries(input).flatMap(([field, value]) =>
    isSecret(schema.properties[field]) && typeof value === 'string' && value !== '' ? [value] : [],
  );
}
