import type { CommandContribution, CommandInput, InputField } from '@diskwright/sdk/protocol';
import { isSecret } from '../commands/isSecret';
import { optionFields, optionName } from './commandOptions';
import { shellWord } from './shellWord';

/**
 * The command line that does the same as a command with this input: by its words where it has some, else by `diskwright call`. What is as the schema
 * has it by default is left out, and so are secrets, which are asked for. Null while a field is missing that is needed.
 */
export function commandLine(contribution: CommandContribution, input: CommandInput): string | null {
  const { cli, input: schema } = contribution;
  const given = (field: string): boolean => input[field] !== undefined && input[field] !== '';
  if (schema.required?.some((field) => !isSecret(schema.properties[field]) && !given(field))) return null;
  if (!cli) return callLine(contribution, input);
  const options = optionFields(contribution).flatMap((field) =>
    given(field) ? optionWords(optionName(contribution, field), schema.properties[field]!, input[field]) : [],
  );
  const positionals = positionalWords(cli.positionals, input);
  // A gap cannot be written by position.
  if (positionals === null) return callLine(contribution, input);
  const end = positionals.some((word) => word.startsWith('-')) ? ['--'] : [];
  // A list takes all words that follow it, so options stand behind the positionals unless those need a `--` before them.
  const words = end.length > 0 ? [...options, ...end, ...positionals] : [...positionals, ...options];
  return ['diskwright', ...cli.path, ...words].map(shellWord).join(' ');
}

function positionalWords(fields: string[], input: CommandInput): string[] | null {
  const values = fields.map((field) => input[field]);
  const count = values.findLastIndex((value) => value !== undefined && value !== '') + 1;
  const used = values.slice(0, count);
  return used.some((value) => value === undefined || value === '') ? null : used.map(String);
}

function optionWords(name: string, definition: InputField, value: unknown): string[] {
  if (isSecret(definition)) return [];
  if ('default' in definition && definition.default === value) return [];
  if (definition.type === 'boolean') {
    if (value === true) return [`--${name}`];
    return definition.default === true ? [`--no-${name}`] : [];
  }
  if (Array.isArray(value)) return value.length > 0 ? [`--${name}`, ...value.map(itemWord)] : [];
  return String(value).startsWith('-') ? [`--${name}=${String(value)}`] : [`--${name}`, String(value)];
}

function callLine({ id, input: schema }: CommandContribution, input: CommandInput): string {
  const shown = Object.entries(input).filter(([field]) => !isSecret(schema.properties[field]));
  return `printf %s ${shellWord(JSON.stringify(Object.fromEntries(shown)))} | diskwright call ${shellWord(id)} --input -`;
}

const itemWord = (item: unknown): string => (typeof item === 'object' ? JSON.stringify(item) : String(item));
