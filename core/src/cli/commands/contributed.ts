import { Option, type Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, CommandResult, InputField, Plan } from '@diskwright/sdk/protocol';
import { kebab, optionFields, optionName, repeatableField } from '../../common/commandLine/commandOptions';
import type { Application } from '../application';
import { addOperationOptions, checkOperationOptions, runOperation, runOperations, type OperationOptions } from '../operation';
import { SECTOR_SIZE_OPTION, sectorSizeOption } from '../sectorSizeOption';
import { showResult } from '../showResult';

const MAX_TOGETHER = 64;

/** Adds the commands that plugins contribute: words, arguments, options and help all come from their input schemas. */
export function registerContributed(
  program: Command,
  application: Application,
  contributions: CommandContribution[],
  exit: (status: number) => void,
): void {
  for (const contribution of contributions) {
    try {
      addCommand(program, application, contribution, contributions, exit);
    } catch (error) {
      // Such as words that are taken: one plugin must not keep the others from being used.
      application.message(`the command ${contribution.id} cannot be called by words: ${(error as Error).message}`);
    }
  }
}

function addCommand(
  program: Command,
  application: Application,
  contribution: CommandContribution,
  contributions: CommandContribution[],
  exit: (status: number) => void,
): void {
  const { cli } = contribution;
  if (!cli) return;
  const command = program.createCommand(cli.path.at(-1)!).copyInheritedSettings(program);
  describe(command, contribution);
  command.action(async (...given: unknown[]) => {
    const options = given[cli.positionals.length] as Record<string, unknown> & OperationOptions;
    await checkOperationOptions(options);
    const sectorSize = sectorSizeOption(options['sectorSize'] as string | undefined);
    const input = inputOf(contribution, given, options);
    const host = await application.host();
    const execute = (one: CommandInput): Promise<CommandResult> =>
      host.commands.execute(contribution.id, one, { signal: application.signal, sectorSize });
    const repeated = repeatableField(contribution);
    const values = repeated !== undefined && Array.isArray(input[repeated]) ? (input[repeated] as string[]) : [];
    if (values.length > 1) {
      requireSeveralPossible(values, options);
      const plans: Plan[] = [];
      for (const value of values) {
        const result = await execute({ ...input, [repeated!]: value });
        if (result.kind === 'plan') plans.push(result.plan);
      }
      return exit(await runOperations(application, host, contribution.title, plans, options));
    }
    const result = await execute(values.length === 1 ? { ...input, [repeated!]: values[0] } : input);
    exit(result.kind === 'plan' ? await runOperation(application, host, result.plan, options) : showResult(application, result));
  });
  groupOf(program, cli.path.slice(0, -1), contributions).addCommand(command);
}

/** @throws InvalidInputError for what cannot be meant for several targets */
function requireSeveralPossible(values: readonly string[], { plan }: OperationOptions): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new InvalidInputError(`${twice} is named twice`, { todo: 'Name each target once.' });
  if (values.length > MAX_TOGETHER) throw new InvalidInputError(`at most ${MAX_TOGETHER} targets can be written at once`);
  if (plan !== undefined)
    throw new InvalidInputError('--plan FILE stores one plan, and there is one for each target', {
      todo: 'Give one target at a time, each with a file of its own.',
    });
}

/** Arguments, options and help of a command, as its schema says. */
function describe(command: Command, contribution: CommandContribution): void {
  const { cli, input: schema, returns, title, description } = contribution;
  const { positionals = [] } = cli ?? {};
  command.summary(title).description(description ?? title);
  for (const field of positionals) {
    const definition = schema.properties[field]!;
    const name = definition.type === 'string' && definition.format === 'volume' ? `${kebab(field)}#n` : kebab(field);
    const several = field === repeatableField(contribution) ? '...' : '';
    const about = `${definition.description ?? definition.title ?? ''}${several ? '; several are written at once' : ''}`;
    command.argument(schema.required?.includes(field) ? `<${name}${several}>` : `[${name}${several}]`, about);
  }
  for (const field of optionFields(contribution)) {
    const option = optionFor(optionName(contribution, field), schema.properties[field]!);
    if (schema.required?.includes(field)) option.makeOptionMandatory();
    command.addOption(option);
  }
  if (Object.values(schema.properties).some(namesDevice)) command.option(...SECTOR_SIZE_OPTION);
  if (returns === 'plan') addOperationOptions(command);
}

/** The command that holds what begins with these words, made where it is not there yet; its help names what it holds. */
function groupOf(program: Command, words: string[], contributions: CommandContribution[]): Command {
  return words.reduce((parent, word, depth) => {
    const known = parent.commands.find((command) => command.name() === word);
    if (known) return known;
    const isHeld = ({ cli }: CommandContribution): boolean =>
      words.slice(0, depth + 1).every((part, index) => cli?.path[index] === part);
    const titles = contributions
      .filter(isHeld)
      .map(({ title }, index) => (index === 0 ? title : title.charAt(0).toLowerCase() + title.slice(1)));
    return parent.command(word).description(titles.join(', ')).helpCommand(false);
  }, program);
}

function optionFor(name: string, definition: InputField): Option {
  const description = definition.description ?? definition.title ?? '';
  if (definition.type === 'boolean') {
    // What is on by default can only be switched off.
    return definition.default
      ? new Option(`--no-${name}`, `do not ${description || name}`)
      : new Option(`--${name}`, description);
  }
  if (definition.type === 'array') return new Option(`--${name} <value...>`, description);
  const choices = definition.type === 'string' ? definition.enum : undefined;
  const option = new Option(`--${name} <${choices ? choices.join('|') : placeholder(definition)}>`, description);
  if (choices) option.argParser((value: string) => oneOf(name, choices, value));
  if (definition.default !== undefined) option.default(definition.default, String(definition.default));
  return option;
}

function placeholder(definition: InputField): string {
  if (definition.type !== 'string') return 'number';
  return definition.format ?? 'text';
}

function oneOf(name: string, choices: string[], value: string): string {
  if (choices.includes(value)) return value;
  throw new InvalidInputError(`--${name} "${value}" is not one of ${choices.join(', ')}`);
}

function inputOf(contribution: CommandContribution, given: unknown[], options: Record<string, unknown>): CommandInput {
  const input: CommandInput = {};
  contribution.cli?.positionals.forEach((field, index) => {
    if (given[index] !== undefined) input[field] = typed(contribution.input.properties[field]!, given[index]);
  });
  for (const field of optionFields(contribution)) {
    const value = options[camel(optionName(contribution, field))];
    if (value !== undefined) input[field] = typed(contribution.input.properties[field]!, value);
  }
  return input;
}

/** The words of a command line as the schema's types; what is no number stays text, which the check of the input then refuses. */
function typed(definition: InputField, value: unknown): unknown {
  if (definition.type === 'array') {
    const isNumeric = definition.items.type === 'integer';
    return Array.isArray(value) && isNumeric ? value.map(asNumber) : value;
  }
  return definition.type === 'integer' || definition.type === 'number' ? asNumber(value) : value;
}

const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;

const namesDevice = (definition: InputField): boolean =>
  definition.type === 'string' && (definition.format === 'device' || definition.format === 'volume');
const camel = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
