import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureFolder } from '../paths';
import { codeCacheWriter } from './pluginBootstrap';

/**
 * The name of a bundle's V8 code cache, in the first of the folders that has it, else in the first that can be written; undefined: in none. V8 compares
 * only the length of the source and its own version and flags, so the name says the content too: a cache of other code would be run as if it were this.
 */
export function codeCacheFile(folders: readonly string[], mainFile: string): string | undefined {
  const hash = createHash('sha256').update(readFileSync(mainFile));
  hash.update(`\0${process.version} ${process.arch} ${codeCacheWriter}`);
  const name = `${hash.digest('hex')}.v8`;
  const folder = folders.find((each) => existsSync(join(each, name))) ?? folders.find(canWrite);
  return folder && join(folder, name);
}

function canWrite(folder: string): boolean {
  try {
    if (!existsSync(folder)) ensureFolder(folder);
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Compiles a bundle, in a process of its own, and stores the code cache. Nothing of the bundle is run. */
export async function writeCodeCache(mainFile: string, cacheFile: string, signal?: AbortSignal): Promise<void> {
  const args = ['--eval', codeCacheWriter, '--', mainFile, cacheFile];
  await promisify(execFile)(process.execPath, args, { signal, env: {} });
}
