import { InvalidInputError } from '@diskwright/sdk/errors';
import { isAbsolute } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What the host gives on standard input, one line of JSON. */
export interface StartParameters {
  /** Proves the control connection. */
  secret: string;
  /** `DISKWRIGHT_HOME`, absolute. */
  dataFolder: string;
  /** Started with root's rights for a user: opens block devices only. */
  elevated: boolean;
  /** The user that may connect: the one who runs the service, or for whom it was elevated. */
  user: number;
}

const MAX_LINE_BYTES = 65536;
const MIN_SECRET_CHARACTERS = 32;

/** @throws InvalidInputError when the line is missing or wrong */
export async function readStartParameters(input: Readable): Promise<StartParameters> {
  const lines = createInterface({ input });
  try {
    for await (const line of lines) return parse(line);
  } finally {
    lines.close();
  }
  throw new InvalidInputError('the sector service is started by Diskwright: nothing came on standard input');
}

function parse(line: string): StartParameters {
  if (line.length > MAX_LINE_BYTES) throw new InvalidInputError('the start parameters are too long');
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null) throw new InvalidInputError('the start parameters are no JSON object');
  const { secret, dataFolder, elevated = false, user } = value as Record<string, unknown>;
  if (typeof secret !== 'string' || secret.length < MIN_SECRET_CHARACTERS)
    throw new InvalidInputError(`secret: at least ${MIN_SECRET_CHARACTERS} characters`);
  if (typeof dataFolder !== 'string' || !isAbsolute(dataFolder)) throw new InvalidInputError('dataFolder: an absolute path');
  if (typeof elevated !== 'boolean') throw new InvalidInputError('elevated: true or false');
  const own = process.getuid!();
  if (user === undefined || !elevated) return { secret, dataFolder, elevated, user: own };
  if (!Number.isSafeInteger(user) || (user as number) < 0) throw new InvalidInputError('user: a user number');
  return { secret, dataFolder, elevated, user: user as number };
}
