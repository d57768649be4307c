import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Command } from 'commander';
import { CancelledError, InvalidInputError } from '@diskwright/sdk/errors';
import type { CommandInput } from '@diskwright/sdk/protocol';
import { reasonOf } from '../../host/systemError';
import type { Application } from '../application';
import { grantAsker } from '../askGrant';
import { addOperationOptions, checkOperationOptions, runOperation, type OperationOptions } from '../operation';
import { SECTOR_SIZE_OPTION, sectorSizeOption } from '../sectorSizeOption';
import { showResult } from '../showResult';

const MAX_INPUT_BYTES = 1024 * 1024;

interface CallOptions extends OperationOptions {
  input: string;
  sectorSize?: string;
}

export function registerCall(program: Command, application: Application, exit: (status: number) => void): void {
  const command = program
    .command('call <command>')
    .description('Run any command by its id, as "diskwright plugin list" shows it, with its input as JSON')
    .requiredOption('--input <file>', 'file with a JSON object, - for standard input')
    .option(...SECTOR_SIZE_OPTION);
  addOperationOptions(command);
  command.action(async (id: string, options: CallOptions) => {
    await checkOperationOptions(options);
    const sectorSize = sectorSizeOption(options.sectorSize);
    const input = await readInput(options.input, application.signal);
    const host = await application.host();
    const result = await host.commands.execute(id, input, {
      signal: application.signal,
      sectorSize,
      ask: grantAsker(application, host, options.yes),
    });
    exit(
      result.kind === 'plan'
        ? await runOperation(application, host, result.plan, options)
        : await showResult(application, result),
    );
  });
}

async function readInput(file: string, signal: AbortSignal): Promise<CommandInput> {
  const name = file === '-' ? 'standard input' : file;
  const text = await readBounded(file === '-' ? process.stdin : createReadStream(file), signal).catch((error: unknown) => {
    if (signal.aborted) throw new CancelledError();
    throw new InvalidInputError(`cannot read the input from ${name}: ${reasonOf(error)}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError(`${name} holds no JSON object`);
  }
  return value as CommandInput;
}

async function readBounded(stream: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_INPUT_BYTES) throw new Error(`it has more than ${MAX_INPUT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
