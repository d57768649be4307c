import { closeSync, mkdtempSync, openSync, readSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk or volume image in a temporary folder of its own, for tools to format and tests to damage. Whoever makes it calls {@link remove}. */
export class ImageFile {
  readonly folder = mkdtempSync(join(tmpdir(), 'diskwright-image-'));
  readonly path = join(this.folder, 'image');

  /** Makes it `size` bytes of zeros, sparse. */
  blank(size: number): this {
    writeFileSync(this.path, '');
    truncateSync(this.path, size);
    return this;
  }

  /** Overwrites bytes, as damage or another system would. */
  patch(offset: number, bytes: Buffer | readonly number[]): this {
    const file = openSync(this.path, 'r+');
    try {
      writeSync(file, Buffer.from(bytes), 0, bytes.length, offset);
    } finally {
      closeSync(file);
    }
    return this;
  }

  /** The bytes of a range; what lies behind the end is zeros. */
  peek(offset: number, length: number): Buffer {
    const file = openSync(this.path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      readSync(file, bytes, 0, length, offset);
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  /** Removes the image and its folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
