import { type FileHandle, open } from 'node:fs/promises';
import { type BlockSource, checkRange } from '../block/index';
import { MediaError } from '../errors';

/** A block source over a file, opened read-only. The opener closes it. */
export class FileSource implements BlockSource {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    readonly size: number,
    readonly sectorSize: 512 | 4096,
  ) {}

  static async open(path: string, sectorSize: 512 | 4096 = 512): Promise<FileSource> {
    const file = await open(path, 'r');
    return new FileSource(file, path, (await file.stat()).size, sectorSize);
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    checkRange(offset, length, this.size, this.path);
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0)
        throw new MediaError(`${this.path} became shorter`, { device: this.path, offset: offset + done, length: length - done });
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
