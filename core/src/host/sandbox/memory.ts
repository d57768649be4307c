import { InvalidInputError } from '@diskwright/sdk/errors';

const MEBIBYTE = 1024 * 1024;

/** What a plugin gets where nothing else is asked for, in bytes. */
export const DEFAULT_PLUGIN_MEMORY = 512 * MEBIBYTE;

/** Of a plugin's memory it may use so much before it is stopped: at the limit that the kernel has (`RLIMIT_DATA`) it is refused memory, which it could outlive. */
export const MEMORY_STOPPED_AT = 0.9;

/** Node alone takes about 50 MiB of private writable memory; with less than this, in bytes, no plugin can work. */
export const LEAST_PLUGIN_MEMORY = 128 * MEBIBYTE;

/** What Node itself takes, with room for stacks, in bytes. */
const NODE_MEMORY = 64 * MEBIBYTE;

/** The heap's part of the rest; the other is for buffers and for V8's young generation. */
const HEAP_PART = 0.6;

/**
 * V8's part of a plugin's memory as the flag of Node. Where the heap were as large as the whole, V8 would meet the limit of the
 * process before it thought of collecting garbage, and end in a crash that says nothing.
 */
export function heapFlag(memoryBytes: number): string {
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < LEAST_PLUGIN_MEMORY) {
    throw new InvalidInputError(`a plugin cannot work with ${memoryBytes} bytes of memory`, {
      todo: `Give it at least ${LEAST_PLUGIN_MEMORY} bytes.`,
    });
  }
  return `--max-old-space-size=${Math.floor(((memoryBytes - NODE_MEMORY) / MEBIBYTE) * HEAP_PART)}`;
}
