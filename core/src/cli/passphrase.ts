import { printable } from '../common/text/printable';
import type { AskSecret, Secret } from '../host/containers/containerSecrets';
import { hasTerminal } from './confirm';
import { askFor, firstLine, secretIn } from './readSecret';

/** A passphrase of containers, as it was given beforehand. */
export interface GivenPassphrase {
  /** A file whose first line it is, or all of it; `-` for the first line of standard input; null: none was named. */
  file: string | null;
  /** Null: none was given. */
  text: string | null;
}

/** Takes the passphrase out of the environment, which the processes that are started here are given as well. */
export function passphraseOfEnvironment(): string | null {
  const text = process.env['DISKWRIGHT_PASSWORD'] ?? '';
  delete process.env['DISKWRIGHT_PASSWORD'];
  return text === '' ? null : text;
}

/** The passphrase that was given, for whatever needs one; without one it is asked for on the terminal, until it is right. */
export function passphraseAsker({ file, text }: GivenPassphrase, signal: AbortSignal): AskSecret {
  let given: Promise<Secret> | null = null;
  return async ({ volume, wrong, message, quiet }) => {
    if (file !== null || text !== null) {
      given ??= readGiven(file, text, signal);
      const secret = await given;
      return wrong ? null : secret;
    }
    if (quiet || !hasTerminal()) return null;
    return textOnly(await askFor(`${wrong ? `${printable(message)}. ` : ''}Passphrase of ${printable(volume)}`, signal));
  };
}

async function readGiven(file: string | null, text: string | null, signal: AbortSignal): Promise<Secret> {
  if (file === null) return textOnly(text!);
  // Whoever types there, or goes on to write, ends the line, not the input.
  return file === '-' ? textOnly(await firstLine(file, signal)) : secretIn(file, signal);
}

const textOnly = (text: string): Secret => ({ text, keyFile: null });
