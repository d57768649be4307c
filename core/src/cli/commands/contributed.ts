import { Option, type Command } from 'commander';
import type { CommandContribution, CommandInput, InputField } from '@diskwright/sdk/protocol';
import type { Application } from '../application';
import { runOperation, type OperationOptions } from '../operation';
import { SECTOR_SIZE_OPTION, sectorSizeOption } from '../sectorSizeOption';
import { showResult } from '../showResult';

/** Adds the commands that plugins contribute: words, arguments, options and help all come from their input schemas. */
export function registerContributed(
  program: Command,
  application: Application,
  contributions: CommandContribution[],
  exit: (status: number) => void,
): void {
  for (const contribution of contributions) {
    const { cli, input: schema } = contribution;
    if (!cli) continue;
    const command = parentOf(program, cli.path)
      .command(cli.path.at(-1)!)
      .description(contribution.description ?? contribution.title);
    for (const field of cli.positionals) {
      const definition = schema.properties[field]!;
      const name = definition.type === 'string' && definition.format === 'volume' ? `${kebab(field)}#n` : kebab(field);
      command.argument(schema.required?.includes(field) ? `<${name}>` : `[${name}]`, definition.description);
    }
    const optionFields = Object.keys(schema.properties).filter((field) => !cli.positionals.includes(field));
    for (const field of optionFields) addOption(command, cli.options?.[field] ?? kebab(field), schema.properties[field]!);
    if (Object.values(schema.properties).some(namesDevice)) command.option(...SECTOR_SIZE_OPTION);
    if (contribution.returns === 'plan') {
      command
        .option('--plan <file>', 'store the plan, do nothing')
        .option('--simulate', 'apply the plan to an overlay and show the result')
        .option('--yes', 'do not ask');
    }
    command.action(async (...given: unknown[]) => {
      const options = given[cli.positionals.length] as Record<string, unknown>;
      const input: CommandInput = {};
      cli.positionals.forEach((field, index) => given[index] !== undefined && (input[field] = given[index]));
      for (const field of optionFields) {
        const value = options[camel(cli.options?.[field] ?? kebab(field))];
        if (value !== undefined) input[field] = typed(schema.properties[field]!, value);
      }
      const host = await application.host();
      const sectorSize = sectorSizeOption(options['sectorSize'] as string | undefined);
      const result = await host.commands.execute(contribution.id, input, { signal: application.signal, sectorSize });
      exit(
        result.kind === 'plan'
          ? await runOperation(application, host, result.plan, options as OperationOptions)
          : showResult(application, result),
      );
    });
  }
}

/** The command that holds the last word of a path, made where it is not there yet. */
function parentOf(program: Command, path: string[]): Command {
  return path
    .slice(0, -1)
    .reduce(
      (parent, word) =>
        parent.commands.find((command) => command.name() === word) ?? parent.command(word).description(`${word} …`),
      program,
    );
}

function addOption(command: Command, name: string, definition: InputField): void {
  const description = definition.description ?? definition.title;
  if (definition.type === 'boolean') {
    // What is on by default can only be switched off.
    command.option(
      definition.default ? `--no-${name}` : `--${name}`,
      definition.default ? `do not: ${description ?? name}` : description,
    );
    return;
  }
  const option = new Option(definition.type === 'array' ? `--${name} <value...>` : `--${name} <value>`, description);
  if (definition.type === 'string' && definition.enum) option.choices(definition.enum);
  command.addOption(option);
}

function typed(definition: InputField, value: unknown): unknown {
  return (definition.type === 'integer' || definition.type === 'number') && typeof value === 'string' ? Number(value) : value;
}

const namesDevice = (definition: InputField): boolean =>
  definition.type === 'string' && (definition.format === 'device' || definition.format === 'volume');
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
