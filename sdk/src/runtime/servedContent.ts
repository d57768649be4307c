import { MediaError } from '../errors';
import type { ServedExtent, ServedNode } from '../nbd/index';
import type { FilesystemFiles } from '../provider/index';

/** A provider reads so much in one call. */
const PIECE_BYTES = 1024 * 1024;

type Read = (offset: number, length: number, signal: AbortSignal) => Promise<Buffer>;

/** The content of a file as its provider reads it, of just its size. What cannot be made out is unreadable, and the rest is not. */
export class ServedContent implements ServedNode {
  private constructor(
    readonly size: number,
    private readonly readContent: Read,
  ) {}

  /** @throws what `contentOf` throws */
  static async open(
    { contentOf, readContent }: Required<Pick<FilesystemFiles, 'contentOf' | 'readContent'>>,
    node: string,
    stream: string | undefined,
    signal: AbortSignal,
  ): Promise<ServedContent> {
    const { size } = await contentOf(node, stream, signal);
    return new ServedContent(size, (offset, length, ended) => readContent(node, stream, offset, length, ended));
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    if (length <= PIECE_BYTES) return this.readPiece(offset, length, signal);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; done += PIECE_BYTES)
      (await this.readPiece(offset + done, Math.min(PIECE_BYTES, length - done), signal)).copy(bytes, done);
    return bytes;
  }

  async extents(offset: number, length: number): Promise<ServedExtent[]> {
    return [{ offset, length, kind: 'data' }];
  }

  /** An unreadable sector lies somewhere on the volume; here it costs what was asked for. */
  private async readPiece(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    try {
      return await this.readContent(offset, length, signal);
    } catch (error) {
      throw error instanceof MediaError ? new MediaError(error.message, { offset, length }) : error;
    }
  }
}
