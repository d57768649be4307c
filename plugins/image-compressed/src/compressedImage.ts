import type { ImageDescription, OpenImage } from '@diskwright/sdk';
import { type BlockSource, checkRange } from '@diskwright/sdk/block';
import { DamagedStructureError, DiskwrightError } from '@diskwright/sdk/errors';
import type { ServedExtent } from '@diskwright/sdk/nbd';
import type { Method } from './methods';

/**
 * What a file holds that is compressed as a whole. It is read from its beginning to its end: whoever reads further ahead waits for what is between, and
 * whoever goes back begins anew. Diskwright keeps a copy that it has read once.
 */
export class CompressedImage implements OpenImage {
  private stream: AsyncIterator<Buffer> | null = null;
  /** Of the bytes in `rest`, within what the file holds. */
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);
  private last: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();

  private constructor(
    private readonly file: BlockSource,
    private readonly method: Method,
    readonly size: number,
  ) {}

  /** Where the file does not say its size, it is decompressed once to learn it. @throws DamagedStructureError, NotSupportedError */
  static async open(file: BlockSource, method: Method, signal: AbortSignal): Promise<CompressedImage> {
    const told = await method.size(file, signal);
    if (told !== null) return new CompressedImage(file, method, told);
    let size = 0;
    try {
      for await (const piece of method.decompress(file, signal)) size += piece.length;
    } catch (error) {
      throw inWords(error, method);
    }
    return new CompressedImage(file, method, size);
  }

  describe(): ImageDescription {
    return {
      type: this.method.id,
      sectorSize: null,
      details: [['compression', `${this.method.id}, as a whole: a copy of what it holds is kept`]],
      warnings: [],
      snapshots: [],
      wraps: true,
      sequential: true,
    };
  }

  /** One after the other, as they come. */
  read(offset: number, length: number): Promise<Buffer> {
    checkRange(offset, length, this.size);
    const read = this.last.then(() => this.readNext(offset, length));
    this.last = read.catch(() => undefined);
    return read;
  }

  async extents(offset: number, length: number): Promise<ServedExtent[]> {
    return [{ offset, length, kind: 'data' }];
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.last;
    await this.stream?.return?.();
  }

  private async readNext(offset: number, length: number): Promise<Buffer> {
    try {
      if (!this.stream || offset < this.position) await this.rewind();
      const bytes = Buffer.allocUnsafe(length);
      for (let done = 0; done < length;) {
        const from = offset + done - this.position;
        if (from < this.rest.length) {
          done += this.rest.copy(bytes, done, from, from + length - done);
          continue;
        }
        this.position += this.rest.length;
        const { done: ended, value } = await this.stream!.next();
        if (ended) throw new Error('it holds less than it should');
        this.rest = value;
      }
      return bytes;
    } catch (error) {
      this.stream = null;
      throw inWords(error, this.method);
    }
  }

  private async rewind(): Promise<void> {
    await this.stream?.return?.();
    this.stream = this.method.decompress(this.file, this.closing.signal)[Symbol.asyncIterator]();
    this.position = 0;
    this.rest = Buffer.alloc(0);
  }
}

function inWords(error: unknown, { id }: Method): unknown {
  if (error instanceof DiskwrightError) return error;
  return new DamagedStructureError(`${id} stream`, `the ${id} file cannot be decompressed: ${(error as Error).message}`, {
    todo: `It may have been copied only in part. Its own program tells more: ${id} -t.`,
  });
}
