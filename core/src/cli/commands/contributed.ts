import { Option, type Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandContribution, CommandInput, InputField, Plan } from '@diskwright/sdk/protocol';
import { kebab, optionFields, optionName, repeatableField } from '../../common/commandLine/commandOptions';
import { isSecret } from '../../common/commands/isSecret';
import { itemValue } from '../../common/commands/itemValue';
import { namesDevice } from '../../common/commands/namesDevice';
import type { CommandOutcome } from '../../host/plugins/pluginCommandRunner';
import type { Application } from '../application';
import { grantAsker } from '../askGrant';
import { addOperationOptions, checkOperationOptions, runOperation, runOperations, type OperationOptions } from '../operation';
import { readSecrets, secretOption } from '../readSecret';
import { SECTOR_SIZE_OPTION, sectorSizeOption } from '../sectorSizeOption';
import { showResult } from '../showResult';

const MAX_TOGETHER = 64;

/** A command, and whether its plugin has to be granted what it uses. */
export interface ContributedCommand {
  contribution: CommandContribution;
  asksFirst: boolean;
}

/** Adds the commands that plugins contribute: words, arguments, options and help all come from their input schemas. */
export function registerContributed(
  program: Command,
  application: Application,
  commands: readonly ContributedCommand[],
  exit: (status: number) => void,
): void {
  const contributions = commands.map(({ contribution }) => contribution);
  for (const { contribution, asksFirst } of commands) {
    try {
      addCommand(program, application, contribution, contributions, asksFirst, exit);
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
  asksFirst: boolean,
  exit: (status: number) => void,
): void {
  const { cli } = contribution;
  if (!cli) return;
  const command = program.createCommand(cli.path.at(-1)!).copyInheritedSettings(program);
  describe(command, contribution);
  const uses = Object.values(contribution.input.properties).some(namesDevice);
  if (asksFirst && uses && contribution.returns !== 'plan')
    command.option('--yes', 'do not ask whether the plugin may use the device');
  command.action(async (...given: unknown[]) => {
    const options = given[cli.positionals.length] as Record<string, unknown> & OperationOptions;
    await checkOperationOptions(options);
    const sectorSize = sectorSizeOption(options['sectorSize'] as string | undefined);
    const fileOf = (field: string): string | undefined => {
      const option = secretOption(contribution, field);
      // An option of all commands, which is taken before a command's own.
      return option === 'password-file'
        ? (application.passwordFile ?? undefined)
        : (options[camel(option)] as string | undefined);
    };
    const secrets = await readSecrets(contribution, fileOf, application.signal);
    const input = { ...inputOf(contribution, given, options), ...secrets };
    const host = await application.host();
    const execute = (one: CommandInput): Promise<CommandOutcome> =>
      host.commands.execute(contribution.id, one, {
        signal: application.signal,
        sectorSize,
        ask: grantAsker(application, host, options.yes),
      });
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
    exit(
      result.kind === 'plan'
        ? await runOperation(application, host, result.plan, options)
        : await showResult(application, result),
    );
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
    const name = kebab(field) + formOf(definition);
    const several = field === repeatableField(contribution) ? '...' : '';
    const about = `${definition.description ?? definition.title ?? ''}${several ? '; several are written at once' : ''}`;
    command.argument(schema.required?.includes(field) ? `<${name}${several}>` : `[${name}${several}]`, about);
  }
  for (const field of optionFields(contribution)) {
    const definition = schema.properties[field]!;
    if (isSecret(definition)) {
      const asked = schema.required?.includes(field) ? '; without it you are asked' : '';
      const about = `${definition.description ?? definition.title ?? field}: a file whose first line it is, - for standard input${asked}`;
      command.option(`--${secretOption(contribution, field)} <file>`, about);
      continue;
    }
    const option = optionFor(optionName(contribution, field), definition, cli?.letters?.[field]);
    if (schema.required?.includes(field)) option.makeOptionMandatory();
    command.addOption(option);
  }
  if (Object.values(schema.properties).some(namesDevice)) command.option(...SECTOR_SIZE_OPTION);
  if (returns === 'plan') addOperationOptions(command);
}

/** What of a positional field's form its name does not say. */
function formOf(definition: InputField): string {
  if (definition.type !== 'string') return '';
  return definition.format === 'volume' ? '#n' : definition.format === 'volumePath' ? '#n:/path' : '';
}

/** The command that holds what begins with these words, made where it is not there yet; its help names what it holds. */
function groupOf(program: Command, words: string[], contributions: CommandContribution[]): Command {
  return words.reduce((parent, word, depth) => {
    const known = parent.commands.find((command) => command.name() === word);
    if (known) return known;
    const isHeld = ({ cli }: CommandContribution): boolean =>
      words.slice(0, depth + 1).every((part, index) => cli?.path[index] === part);
    const titles = contributions.filter(isHeld).map(({ title }, index) => (index === 0 ? title : withinSentence(title)));
    return parent.command(word).description(titles.join(', ')).helpCommand(false);
  }, program);
}

/** A title in small letters, unless it begins with an abbreviation such as FAT. */
function withinSentence(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function optionFor(name: string, definition: InputField, letter?: string): Option {
  const description = definition.description ?? definition.title ?? '';
  const short = letter === undefined ? '' : `-${letter}, `;
  if (definition.type === 'boolean') {
    // What is on by default can only be switched off.
    return definition.default
      ? new Option(`--no-${name}`, `do not ${description || name}`)
      : new Option(`${short}--${name}`, description);
  }
  if (definition.type === 'array') return listOption(`${short}--${name}`, definition, description);
  const choices = definition.type === 'string' ? definition.enum : undefined;
  const option = new Option(`${short}--${name} <${choices ? choices.join('|') : placeholder(definition)}>`, description);
  if (choices) option.argParser((value: string) => oneOf(name, choices, value));
  if (definition.default !== undefined) option.default(definition.default, String(definition.default));
  return option;
}

/** How the items of a list are written. */
function listOption(name: string, { items }: InputField & { type: 'array' }, description: string): Option {
  if (items.type !== 'object') return new Option(`${name} <value...>`, description);
  const form = Object.keys(items.properties ?? {}).map((field) => `"${field}": …`);
  return new Option(`${name} <json...>`, form.length === 0 ? description : `${description}; each as {${form.join(', ')}}`);
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
    if (isSecret(contribution.input.properties[field])) continue;
    const value = options[camel(optionName(contribution, field))];
    if (value !== undefined) input[field] = typed(contribution.input.properties[field]!, value);
  }
  return input;
}

/** The words of a command line as the schema's types; what is no number stays text, which the check of the input then refuses. */
function typed(definition: InputField, value: unknown): unknown {
  if (definition.type === 'array')
    return Array.isArray(value) ? value.map((item) => itemValue(definition.items.type, String(item))) : value;
  return definition.type === 'integer' || definition.type === 'number' ? asNumber(value) : value;
}

const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;

const camel = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
