import { dirname } from 'node:path';
import Config from '@npmcli/config';
import definitions from '@npmcli/config/lib/definitions/index.js';
import { InvalidInputError } from '@diskwright/sdk/errors';

/** The user's registries, credentials and proxies, as npm itself would use them in `cwd`. @throws InvalidInputError where they cannot be read */
export async function npmSettings(cwd: string): Promise<Record<string, unknown>> {
  // There may be no npm, of whose folder nothing is needed then. It writes into the environment that it is given.
  const [npmPath, env] = [dirname(process.execPath), { ...process.env }];
  const config = new Config({ ...definitions, npmPath, cwd, argv: [process.execPath, npmPath], env, warn: false });
  try {
    await config.load();
    return config.flat;
  } catch (error) {
    throw new InvalidInputError(`npm's settings cannot be read: ${(error as Error).message}`, { todo: 'Mend the file .npmrc.' });
  }
}
