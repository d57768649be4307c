import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ScratchBase } from './scratchImage';

/** The bytes of a file of any size as they are now, read when they are asked for: a base for a `ScratchImage`. Opened read-only; its owner closes it. */
export class FileBytes implements ScratchBase {
  readonly length: number;
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'r');
    this.length = fstatSync(this.file).size;
  }

  copy(target: Buffer, targetStart: number, start: number, end: number): void {
    const last = Math.min(end, this.length, start + target.length - targetStart);
    for (let at = start; at < last;) {
      const count = readSync(this.file, target, targetStart + at - start, last - at, at);
      if (count === 0) throw new Error(`the file became shorter than ${this.length} bytes`);
      at += count;
    }
  }

  close(): void {
    closeSync(this.file);
  }
}
