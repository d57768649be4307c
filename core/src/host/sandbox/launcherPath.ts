import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailedError } from '@diskwright/sdk/errors';

/** The launcher: in the folder `DISKWRIGHT_NATIVE`, else where the build of this checkout leaves it. */
export function launcherPath(environment: NodeJS.ProcessEnv = process.env): string {
  const folder =
    environment['DISKWRIGHT_NATIVE'] || join(dirname(fileURLToPath(import.meta.url)), '../../../../native/build/Release');
  const path = join(folder, 'diskwright-launcher');
  if (!existsSync(path)) {
    throw new FailedError(`plugins cannot be started: their launcher ${path} is not there`, { todo: 'Run "npm run setup".' });
  }
  return path;
}
