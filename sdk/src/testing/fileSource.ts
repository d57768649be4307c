import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { BlockSource } from '../block/blockSource';
import { checkRange } from '../block/checkRange';

const readFrom = promisify(read);

/** A block source over an image file, read-only, for tests. Holds the descriptor until {@link close}. */
export class FileSource implements BlockSource {
  readonly size: number;
  private readonly descriptor: number;

  constructor(
    path: string,
    readonly sectorSize: 512 | 4096 = 512,
  ) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    checkRange(offset, length, this.size);
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await readFrom(this.descriptor, buffer, done, length - done, offset + done);
      if (bytesRead === 0) throw new Error(`the file ended at ${offset + done}`);
      done += bytesRead;
    }
    return buffer;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
