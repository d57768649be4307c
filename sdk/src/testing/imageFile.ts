import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ByteRange } from '../protocol/types';

const COPY_BYTES = 1024 * 1024;

/** A disk or volume image in a temporary folder of its own, for tools to format and tests to damage. Whoever makes it calls {@link remove}. */
export class ImageFile {
  readonly folder: string;
  readonly path: string;

  /** @param path of an image in a folder that is somebody else's; absent, it gets a folder of its own */
  constructor(path?: string) {
    this.folder = path === undefined ? mkdtempSync(join(tmpdir(), 'diskwright-image-')) : dirname(path);
    this.path = path ?? join(this.folder, 'image');
  }

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

  /**
   * Copies the ranges onto a file of `size` bytes beside the image, as a clone onto a used disk would: before, its first `used` bytes (at most `size`,
   * which is the default) are 0xa5, and the others zeros.
   * @returns the file's path; it goes with the image
   */
  cloneTo(name: string, ranges: Iterable<ByteRange>, size: number, used = size): string {
    const path = join(this.folder, name);
    writeFileSync(path, '');
    const [source, target] = [openSync(this.path, 'r'), openSync(path, 'r+')];
    try {
      ftruncateSync(target, size);
      const piece = Buffer.alloc(COPY_BYTES, 0xa5);
      for (let offset = 0; offset < used; offset += COPY_BYTES)
        writeSync(target, piece, 0, Math.min(COPY_BYTES, used - offset), offset);
      for (const { offset, length } of ranges) {
        for (let done = 0; done < length; done += COPY_BYTES) {
          const bytes = readSync(source, piece, 0, Math.min(COPY_BYTES, length - done), offset + done);
          writeSync(target, piece, 0, bytes, offset + done);
        }
      }
    } finally {
      closeSync(source);
      closeSync(target);
    }
    return path;
  }

  /** Removes the image and its folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
