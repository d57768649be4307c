import { MediaError } from '@diskwright/sdk/errors';
import type { JournalFile } from './journalFile';

/** Reads a journal block by block, a piece of it ahead: a log is read once, from its beginning to its end. */
export class LogReader {
  private window: Buffer = Buffer.alloc(0);
  private windowFirst = 0;

  constructor(
    private readonly file: JournalFile,
    private readonly blockSize: number,
    /** Bytes that are read at once. */
    private readonly pieceBytes: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * A block, not to be changed. `index` must be below the journal's blocks.
   * @throws MediaError when this very block cannot be read; what `read` throws
   */
  async block(index: number): Promise<Buffer> {
    this.signal.throwIfAborted();
    const { blockSize, file } = this;
    const at = (index - this.windowFirst) * blockSize;
    if (at >= 0 && at < this.window.length) return this.window.subarray(at, at + blockSize);
    const ahead = Math.max(1, Math.min(Math.floor(this.pieceBytes / blockSize), file.blocks - index));
    this.window = await this.readAhead(index, ahead);
    this.windowFirst = index;
    return this.window.subarray(0, blockSize);
  }

  private async readAhead(index: number, count: number): Promise<Buffer> {
    try {
      return await this.file.read(index, count, this.signal);
    } catch (error) {
      if (!(error instanceof MediaError) || count === 1) throw error;
      return this.file.read(index, 1, this.signal);
    }
  }
}
