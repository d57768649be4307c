import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import type { CommandContribution, CommandInput } from '@diskwright/sdk/protocol';
import { CancelledError, InvalidInputError } from '@diskwright/sdk/errors';
import { optionName } from '../common/commandLine/commandOptions';
import { isSecret } from '../common/commands/isSecret';
import type { Secret } from '../host/containers/containerSecrets';
import { reasonOf } from '../host/systemError';
import { hasTerminal } from './confirm';

const MAX_SECRET_BYTES = 64 * 1024;
const [END_OF_INPUT, INTERRUPT, BACKSPACE, DELETE] = ['\x04', '\x03', '\b', '\x7f'];

/** The option of a secret, without dashes: it names a file, since words of a command line can be read by everybody. */
export function secretOption(contribution: CommandContribution, field: string): string {
  return `${optionName(contribution, field)}-file`;
}

/**
 * The secrets of a command's input: from the first line of the file that an option names, else typed on the terminal where one is needed.
 * @param fileOf the file given for a field, `-` for standard input; undefined when none was given
 * @throws InvalidInputError for a file that cannot be read, and where one is needed and nobody can be asked
 */
export async function readSecrets(
  contribution: CommandContribution,
  fileOf: (field: string) => string | undefined,
  signal: AbortSignal,
): Promise<CommandInput> {
  const { properties, required = [] } = contribution.input;
  const secrets: CommandInput = {};
  for (const [field, definition] of Object.entries(properties)) {
    if (!isSecret(definition)) continue;
    const file = fileOf(field);
    if (file !== undefined) secrets[field] = await firstLine(file, signal);
    else if (required.includes(field)) {
      const title = definition.title ?? field;
      if (!hasTerminal())
        throw new InvalidInputError(`${title} is needed, and there is no terminal to ask on`, {
          todo: `Name a file whose first line it is: --${secretOption(contribution, field)} FILE, - for standard input.`,
        });
      secrets[field] = await askFor(title, signal);
    }
  }
  return secrets;
}

/** The first line of a file, `-` for standard input. @throws InvalidInputError when it cannot be read */
export async function firstLine(file: string, signal: AbortSignal): Promise<string> {
  const name = file === '-' ? 'standard input' : file;
  try {
    let text = '';
    const stream = addAbortSignal(signal, file === '-' ? process.stdin : createReadStream(file));
    for await (const chunk of stream.setEncoding('utf8')) {
      text += chunk as string;
      if (text.includes('\n')) break;
      if (text.length > MAX_SECRET_BYTES) throw new InvalidInputError(`its first line is longer than ${MAX_SECRET_BYTES} bytes`);
    }
    return text.split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw unreadable(name, error, signal);
  }
}

/**
 * What a file holds that opens a container: its first line, where that is text, and all of it, where that is more than the line.
 * @throws InvalidInputError when it cannot be read, or is too large
 */
export async function secretIn(file: string, signal: AbortSignal): Promise<Secret> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of addAbortSignal(signal, createReadStream(file, { end: MAX_SECRET_BYTES })))
      pieces.push(piece as Buffer);
  } catch (error) {
    throw unreadable(file, error, signal);
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.length > MAX_SECRET_BYTES)
    throw new InvalidInputError(`${file} is larger than ${MAX_SECRET_BYTES} bytes, as no secret is`);
  // By a text that has a character for each byte.
  const line = Buffer.from(bytes.toString('latin1').split(/\r?\n/, 1)[0]!, 'latin1');
  const text = isUtf8(line) ? line.toString('utf8') : null;
  return { text, keyFile: bytes.length === line.length && text !== null ? null : bytes };
}

function unreadable(name: string, error: unknown, signal: AbortSignal): Error {
  return signal.aborted ? new CancelledError() : new InvalidInputError(`no secret can be read from ${name}: ${reasonOf(error)}`);
}

/** Asks on the terminal, which shows nothing of what is typed. */
export async function askFor(title: string, signal: AbortSignal): Promise<string> {
  const terminal = process.stdin;
  // First, so that nothing is shown of what is typed at once.
  terminal.setRawMode(true);
  process.stderr.write(`${title}: `);
  try {
    let typed = '';
    for await (const chunk of addAbortSignal(signal, terminal).setEncoding('utf8')) {
      for (const character of chunk as string) {
        if (character === '\r' || character === '\n') return typed;
        if (character === INTERRUPT || character === END_OF_INPUT)
          throw new CancelledError('nothing was given; nothing was done');
        typed = character === BACKSPACE || character === DELETE ? [...typed].slice(0, -1).join('') : typed + character;
      }
    }
    throw new CancelledError();
  } finally {
    terminal.setRawMode(false);
    process.stderr.write('\n');
  }
}
