import { journalMagic } from '../structures/journalSuperblock';

const magicBytes = Buffer.alloc(4);
magicBytes.writeUInt32BE(journalMagic);

/** Where bytes of the replayed filesystem are: on the device, or (what the log had to escape) here. */
export type ReplayedPiece = { kind: 'extent'; offset: number; length: number } | { kind: 'inline'; bytes: Buffer };

/** A block whose last version is in the journal. */
export interface JournalledBlock {
  /** Of the filesystem. */
  block: number;
  /** Where that version is on the device, in bytes. */
  offset: number;
  isEscaped: boolean;
}

/** The blocks that a journal holds newer than they are in their own places. */
export class ReplayedBlocks {
  private readonly blocks: Float64Array;
  private readonly offsets: Float64Array;
  private readonly escaped: Uint8Array;

  /** @param journalled ascending by their blocks, each once */
  constructor(
    private readonly blockSize: number,
    journalled: readonly JournalledBlock[],
  ) {
    this.blocks = Float64Array.from(journalled, ({ block }) => block);
    this.offsets = Float64Array.from(journalled, ({ offset }) => offset);
    this.escaped = Uint8Array.from(journalled, ({ isEscaped }) => Number(isEscaped));
  }

  get count(): number {
    return this.blocks.length;
  }

  /** Where the bytes of `[offset, offset + length)` are, in order; what lies side by side is one piece. */
  *pieces(offset: number, length: number): Generator<ReplayedPiece, void, undefined> {
    const { blockSize, blocks } = this;
    const end = offset + length;
    let index = this.firstFrom(Math.floor(offset / blockSize));
    for (let at = offset; at < end;) {
      const next = index < blocks.length ? blocks[index]! * blockSize : Infinity;
      if (next > at) {
        const until = Math.min(next, end);
        yield { kind: 'extent', offset: at, length: until - at };
        at = until;
        continue;
      }
      const within = at - next;
      if (this.escaped[index] !== 0 && within < magicBytes.length) {
        const bytes = magicBytes.subarray(within, Math.min(magicBytes.length, within + end - at));
        yield { kind: 'inline', bytes };
        at += bytes.length;
        continue;
      }
      const start = this.offsets[index]! + within;
      do index++;
      while (blocks[index]! * blockSize < end && this.follows(index));
      const until = Math.min((blocks[index - 1]! + 1) * blockSize, end);
      yield { kind: 'extent', offset: start, length: until - at };
      at = until;
    }
  }

  /** Whether a block lies behind the one before it both in the filesystem and in the journal. */
  private follows(index: number): boolean {
    return (
      this.blocks[index] === this.blocks[index - 1]! + 1 &&
      this.offsets[index] === this.offsets[index - 1]! + this.blockSize &&
      this.escaped[index] === 0
    );
  }

  /** The index of the first block that is `block` or behind it. */
  private firstFrom(block: number): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.blocks[middle]! < block) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
