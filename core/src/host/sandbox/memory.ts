import { InvalidInputError } from '@diskwright/sdk/errors';

const MEBIBYTE = 1024 * 1024;

/** What a plugin gets where nothing else is asked for, in bytes. */
export const DEFAULT_PLUGIN_MEMORY = 512 * MEBIBYTE;

/** Node alone takes about 50 MiB of private writable memory; with less than this, in bytes, no plugin can work. */
export const LEAST_PLUGIN_MEMORY = 128 * MEBIBYTE;

/**
 * V8's part of a plugin's memory as the flag of Node. The rest is for buffers, stacks and Node itself; where the heap were as
 * large as the whole, V8 would meet the limit of the process before it thought of collecting garbage.
 */
export function heapFlag(memoryBytes: number): string {
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < LEAST_PLUGIN_MEMORY) {
    throw new InvalidInputError(`a plugin cannot work with ${memoryBytes} bytes of memory`, {
      todo: `Give it at least ${LEAST_PLUGIN_MEMORY} bytes.`,
    });
  }
  return `--max-old-space-size=${Math.floor((memoryBytes / MEBIBYTE) * 0.6)}`;
}
