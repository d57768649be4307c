import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import { makeFolder } from '../common/files/makeFolder';
import { reasonOf } from './systemError';

/** The data folder: `DISKWRIGHT_HOME`, else the platform's place for a program's data. Absolute. */
export function dataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['DISKWRIGHT_HOME']) return resolve(environment['DISKWRIGHT_HOME']);
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'diskwright');
}

/** Makes a folder of the data folder, for its owner alone, and answers its path. @throws FailedError */
export function ensureFolder(...parts: string[]): string {
  const folder = join(...parts);
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new FailedError(`the folder ${folder} cannot be made: ${reasonOf(error)}`, {
      todo: 'Set DISKWRIGHT_HOME to a folder where you may write.',
    });
  }
  return folder;
}

/** Where the built programs lie (`dist`): set by the program that was started. */
export function programFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment['DISKWRIGHT_DIST'];
  if (!folder) throw new FailedError('DISKWRIGHT_DIST is not set', { todo: 'Start Diskwright by its own command.' });
  return folder;
}
