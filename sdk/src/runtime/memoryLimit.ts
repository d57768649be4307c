/** Set in the environment of a plugin process: bytes of memory at which it is stopped. */
export const MEMORY_VARIABLE = 'DISKWRIGHT_MEMORY_BYTES';

/** Bytes of memory at which this plugin's process is stopped; Infinity outside of one, such as in a test. */
export function memoryLimit(): number {
  return Number(process.env[MEMORY_VARIABLE] ?? Infinity);
}
