import { DamagedStructureError, NotSupportedError } from '@diskwright/sdk/errors';
import type { ByteRange } from '@diskwright/sdk/protocol';
import { Profile, profileName, STRIPED_PROFILES } from './profiles';

/** One copy or part of a chunk on a device. */
export interface Stripe {
  deviceId: number;
  /** On its device. */
  offset: number;
}

/** A stretch of logical addresses, and where it lies. */
export interface Chunk {
  logical: number;
  length: number;
  /** What it holds, and its profile. */
  flags: number;
  stripes: readonly Stripe[];
}

/** Where logical addresses lie on this device. */
export class ChunkMap {
  /** Ascending. */
  readonly chunks: readonly Chunk[];

  /**
   * @param chunks in any order, none overlapping another
   * @param deviceBytes what lies beyond is damage
   */
  constructor(
    chunks: Iterable<Chunk>,
    readonly deviceId: number,
    private readonly deviceBytes: number,
  ) {
    this.chunks = [...chunks].sort((a, b) => a.logical - b.logical);
  }

  /** The chunk that holds an address. */
  find(logical: number): Chunk | null {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.chunks[middle]!.logical <= logical) low = middle + 1;
      else high = middle;
    }
    const chunk = this.chunks[low - 1];
    return chunk && logical < chunk.logical + chunk.length ? chunk : null;
  }

  /**
   * Where a range of logical addresses lies on this device: a place for each copy.
   * @throws DamagedStructureError when no chunk holds all of it; NotSupportedError when it lies on another device, or in stripes on several
   */
  copiesOf(logical: number, length: number): number[] {
    const chunk = this.find(logical);
    if (!chunk || logical + length > chunk.logical + chunk.length)
      throw new DamagedStructureError('btrfs chunk', `no chunk holds the ${length} bytes at logical address ${logical}`);
    const copies = this.copiesOn(chunk);
    if (copies.length === 0) throw this.elsewhere(chunk);
    const places = copies.map((offset) => offset + logical - chunk.logical);
    if (places.some((offset) => offset > this.deviceBytes - length))
      throw new DamagedStructureError(
        'btrfs chunk',
        `the ${length} bytes at logical address ${logical} lie outside of the volume`,
      );
    return places;
  }

  /** Pieces of the first copy of a range that may go across chunks. @throws as {@link copiesOf} */
  piecesOf(logical: number, length: number): ByteRange[] {
    const pieces: ByteRange[] = [];
    for (let done = 0; done < length;) {
      const chunk = this.find(logical + done);
      const inChunk = chunk ? Math.min(length - done, chunk.logical + chunk.length - logical - done) : length - done;
      const [offset] = this.copiesOf(logical + done, inChunk);
      pieces.push({ offset: offset!, length: inChunk });
      done += inChunk;
    }
    return pieces;
  }

  /** Where copies of a whole chunk begin on this device; none when it is striped, or lies elsewhere. */
  copiesOn({ flags, stripes }: Chunk): number[] {
    if ((flags & STRIPED_PROFILES) !== 0 && stripes.length > 1) return [];
    return stripes.flatMap(({ deviceId, offset }) => (deviceId === this.deviceId ? [offset] : []));
  }

  private elsewhere({ flags, stripes }: Chunk): NotSupportedError {
    const others = [...new Set(stripes.map(({ deviceId }) => deviceId))].filter((id) => id !== this.deviceId);
    const where = others.length > 0 ? `device ${others.join(', ')} of the filesystem` : 'several places of this device';
    const how = (flags & Profile.ALL) === 0 ? '' : ` (${profileName(flags)})`;
    return new NotSupportedError(`this lies on ${where}${how}, which is not read`, {
      todo: 'Filesystems on several devices are read as far as a copy lies on this one. Mount it with all of its devices to get at the rest.',
    });
  }
}
