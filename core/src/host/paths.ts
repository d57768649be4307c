import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
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
    makeFolder(folder);
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

/** Makes a folder and those above it. Not by the recursion of mkdir itself, which never ends where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (isMade(folder)) return;
  makeFolder(dirname(folder));
  if (!isMade(folder)) mkdirSync(folder);
}

/** False when the folder above is missing. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return true;
    if (code === 'ENOENT' && dirname(folder) !== folder) return false;
    throw error;
  }
}
