import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { heapFlag } from './memory';
import { codeCacheWriter } from './pluginBootstrap';

/**
 * The name of a bundle's V8 code cache in `folder`. V8 compares only the length of the source and its own version and flags
 * (the size of the heap is one), so the name says the content too: a cache of other code would be run as if it were this.
 */
export function codeCacheFile(folder: string, mainFile: string, memoryBytes: number): string {
  const hash = createHash('sha256').update(readFileSync(mainFile));
  hash.update(`\0${process.version} ${process.arch} ${heapFlag(memoryBytes)}`);
  return join(folder, `${hash.digest('hex')}.v8`);
}

/** Compiles a bundle, in a process with the flags of a plugin's, and stores the code cache. Nothing of the bundle is run. */
export async function writeCodeCache(
  mainFile: string,
  cacheFile: string,
  memoryBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const args = [heapFlag(memoryBytes), '--eval', codeCacheWriter, '--', mainFile, cacheFile];
  await promisify(execFile)(process.execPath, args, { signal, env: {} });
}
