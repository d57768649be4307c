import { setImmediate } from 'node:timers/promises';
import { type LeasedSource, leaseVolume, type PluginContext, type VolumeProxy } from '@diskwright/sdk';
import { CancelledError } from '@diskwright/sdk/errors';
import type { ContentSegment, VolumeRef } from '@diskwright/sdk/protocol';

/** In one read. */
const PIECE_BYTES = 512 * 1024;
/** Reads of one file under way: while one piece is looked at, the next ones come. */
const READS_AHEAD = 2;
const ZEROS = Buffer.alloc(PIECE_BYTES);

/**
 * Reads the bytes of files: where they are is asked of the filesystem, and they are read from the volume itself. What is packed there (compressed) the
 * filesystem's plugin unpacks.
 */
export class ContentReader {
  private constructor(
    private readonly context: PluginContext,
    private readonly volume: VolumeProxy,
    private readonly lease: LeasedSource,
  ) {}

  /** The lease goes with the command. */
  static async open(context: PluginContext, volumeRef: VolumeRef, volume: VolumeProxy): Promise<ContentReader> {
    return new ContentReader(context, volume, await leaseVolume(context, volumeRef));
  }

  /**
   * The bytes of a file from its beginning to its end, in pieces of at most 512 KiB. The pieces are to be looked at, not kept or changed.
   * @throws DamagedStructureError, MediaError when they cannot be had, NotSupportedError when nobody unpacks them
   */
  async *read(node: string, size: number): AsyncGenerator<Buffer, void, undefined> {
    const coming: Promise<Buffer>[] = [];
    const unpacked = new Unpacked(this.context, this.volume, node);
    let left = size;
    try {
      for await (const segment of this.volume.contentOf(node)) {
        for (const piece of piecesOf(segment, size - left, left)) {
          left -= piece.length;
          const bytes = this.pieceOf(piece, unpacked);
          bytes.catch(() => undefined);
          coming.push(bytes);
          if (coming.length > READS_AHEAD) yield await coming.shift()!;
        }
        if (left <= 0) break;
      }
      for (const bytes of coming) yield await bytes;
      // A file may be longer than what is recorded of it: the rest are zeros.
      for (; left > 0; left -= PIECE_BYTES)
        yield await this.pieceOf({ kind: 'zeros', length: Math.min(left, PIECE_BYTES) }, unpacked);
    } finally {
      await unpacked.dispose();
    }
  }

  private async pieceOf(piece: Piece, unpacked: Unpacked): Promise<Buffer> {
    if (Buffer.isBuffer(piece)) return piece;
    if (piece.kind === 'zeros') {
      // A hole of terabytes waits for no read: whatever else there is to do gets its turn.
      await setImmediate();
      if (this.context.signal.aborted) throw new CancelledError();
      return ZEROS.subarray(0, piece.length);
    }
    return (piece.kind === 'served' ? await unpacked.source() : this.lease).read(piece.offset, piece.length, this.context.signal);
  }
}

/** A file as its filesystem's plugin unpacks it, opened when the first of it is read. */
class Unpacked {
  private opened: Promise<LeasedSource> | null = null;

  constructor(
    private readonly context: PluginContext,
    private readonly volume: VolumeProxy,
    private readonly node: string,
  ) {}

  source(): Promise<LeasedSource> {
    this.opened ??= this.open();
    return this.opened;
  }

  /** What could not be opened has told whoever read it. */
  async dispose(): Promise<void> {
    await (await this.opened?.catch(() => null))?.dispose();
  }

  private async open(): Promise<LeasedSource> {
    const { contents } = this.context;
    const content = await this.volume.openContent(this.node, `file ${this.node}`);
    // The lease keeps what it needs.
    return contents.lease(content).finally(() => contents.close(content));
  }
}

/** `served` bytes stand where they stand in the file, those of an extent on the volume. */
type Piece = Buffer | { kind: 'extent' | 'served'; offset: number; length: number } | { kind: 'zeros'; length: number };

/** A segment at `start` of the file, not beyond its end, in pieces that are read at once. */
function* piecesOf(segment: ContentSegment, start: number, left: number): Generator<Piece> {
  if (segment.kind === 'inline') {
    yield Buffer.from(segment.bytes, 'base64').subarray(0, left);
    return;
  }
  const end = Math.min(segment.length, left);
  for (let done = 0; done < end; done += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - done);
    if (segment.kind === 'zeros') yield { kind: 'zeros', length };
    else yield { kind: segment.kind, offset: (segment.kind === 'extent' ? segment.offset : start) + done, length };
  }
}
