import { type BlockSource, checkRange } from '@diskwright/sdk/block';
import type { ReplayedBlocks } from './replayedBlocks';

/** A volume as its journal would leave it. The device is only read: what the journal holds newer is read from there. */
export class ReplayedSource implements BlockSource {
  readonly size: number;
  readonly sectorSize: 512 | 4096;

  constructor(
    private readonly device: BlockSource,
    private readonly replayed: ReplayedBlocks,
  ) {
    this.size = device.size;
    this.sectorSize = device.sectorSize;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    checkRange(offset, length, this.size);
    const pieces = Array.from(this.replayed.pieces(offset, length), (piece) =>
      piece.kind === 'inline' ? piece.bytes : this.device.read(piece.offset, piece.length, signal),
    );
    if (pieces.length === 1) return Buffer.from(await pieces[0]!);
    return Buffer.concat(await Promise.all(pieces));
  }
}
