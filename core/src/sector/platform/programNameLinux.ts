import { readFileSync } from 'node:fs';

/** A process as messages name it: `qemu-img (process 4711)`. */
export function programName(pid: number | string): string {
  let name = '';
  try {
    name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    // It has ended since.
  }
  return `${name || 'a program'} (process ${pid})`;
}
