import { closeSync, constants, accessSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { FailedError } from '@diskwright/sdk/errors';
import type { Manifest } from '@diskwright/sdk/protocol';

/** What is started for a plugin that is no JavaScript. */
export interface PluginProgram {
  /** A binary, absolute, symbolic links resolved. */
  path: string;
  args: string[];
  /** Folders that it may read besides those of the system's libraries. */
  libraries: string[];
}

/** By which a part of `command` names a file of the package. */
export const PACKAGE_PREFIX = './';
/**
 * The launcher makes the package's folder the working directory, and this name leads there even where the way to the folder is closed to the plugin's
 * user, as it is below the home folder of root.
 */
const WORKING_FOLDER = '/proc/self/cwd/';
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];
/** Their `lib` can be read by every plugin. */
const SYSTEM_PREFIXES = new Set(['/', '/usr', '/usr/local']);
const BINARY_MAGIC = Buffer.from('\x7fELF', 'latin1');

/** Files of the package that its `command` names, relative to the package; empty for a plugin in JavaScript. */
export function filesOfCommand({ command = [] }: Pick<Manifest, 'command'>): string[] {
  return command.filter((part) => part.startsWith(PACKAGE_PREFIX)).map((part) => part.slice(PACKAGE_PREFIX.length));
}

/**
 * What a manifest's `command` starts on this system.
 * @throws FailedError where the interpreter is not installed, or only where the plugin's user cannot reach it
 */
export function pluginProgram(folder: string, command: readonly string[]): PluginProgram {
  const [name, ...rest] = command as [string, ...string[]];
  const args = rest.map((part) => (part.startsWith(PACKAGE_PREFIX) ? WORKING_FOLDER + part.slice(PACKAGE_PREFIX.length) : part));
  if (name.startsWith(PACKAGE_PREFIX)) return { path: realpathSync(join(folder, name)), args, libraries: [] };
  const path = findInterpreter(name);
  return { path, args, libraries: librariesOf(path) };
}

/** Whether a file is a program by itself, and no script that needs another one to run it. */
export function isBinary(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(BINARY_MAGIC.length);
    readSync(file, start, 0, start.length, 0);
    return start.equals(BINARY_MAGIC);
  } finally {
    closeSync(file);
  }
}

function findInterpreter(name: string): string {
  const folders = [...new Set([...(process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute), ...USUAL_FOLDERS])];
  const found = folders.map((folder) => join(folder, name)).filter(isFile);
  for (const path of found) {
    const resolved = realpathSync(path);
    if (isBinary(resolved) && isReachable(resolved)) return resolved;
  }
  if (found.length === 0)
    throw new FailedError(`it is run by ${name}, which is not installed here`, {
      todo: `Install ${name} in one of the folders of PATH.`,
      details: [`looked for in ${folders.join(', ')}`],
    });
  throw new FailedError(`it is run by ${name}, and ${found.join(', ')} cannot be run in the sandbox`, {
    todo: `Install ${name} for all users, such as in /usr/bin: a script in its place, or a folder that is closed to others, will not do.`,
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** As root, a plugin has a user of its own, for whom every folder on the way has to be open. */
function isReachable(path: string): boolean {
  if (process.geteuid?.() !== 0) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
  for (let part = path; ; part = dirname(part)) {
    if ((statSync(part).mode & constants.S_IXOTH) === 0) return false;
    if (part === dirname(part)) return true;
  }
}

/** An interpreter outside of the system's folders has its library beside it: `/opt/python/bin/python3` and `/opt/python/lib`. */
function librariesOf(program: string): string[] {
  const prefix = dirname(dirname(program));
  if (SYSTEM_PREFIXES.has(prefix)) return [];
  return ['lib', 'lib64']
    .map((name) => join(prefix, name))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory());
}
