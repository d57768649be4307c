import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { Command } from 'commander';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandInput } from '@diskwright/sdk/protocol';
import type { Application } from '../application';
import { runOperation, type OperationOptions } from '../operation';
import { showResult } from '../showResult';

export function registerCall(program: Command, application: Application, exit: (status: number) => void): void {
  program
    .command('call <command>')
    .description('any command by its id, input as JSON')
    .requiredOption('--input <file>', 'JSON file, - for standard input')
    .option('--plan <file>', 'store the plan, do nothing')
    .option('--simulate', 'apply the plan to an overlay')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: OperationOptions & { input: string }) => {
      const input = await readInput(options.input);
      const host = await application.host();
      const result = await host.commands.execute(id, input, { signal: application.signal });
      exit(
        result.kind === 'plan' ? await runOperation(application, host, result.plan, options) : showResult(application, result),
      );
    });
}

async function readInput(file: string): Promise<CommandInput> {
  const text = await (file === '-' ? readStream(process.stdin) : readFile(file, 'utf8')).catch((error: Error) => {
    throw new InvalidInputError(`cannot read the input ${file}: ${error.message}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${file} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidInputError(`${file} holds no JSON object`);
  return value as CommandInput;
}
