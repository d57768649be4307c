import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { geometryOf, type Geometry } from './geometry';
import { LEAST_SECTOR_BYTES, superblock, SUPERBLOCK_MAGIC, type Superblock } from './structures/superblock';

/** The bytes that hold the primary superblock, and no more: what is written last when the volume is copied. */
export const COMMIT_BYTES = 4096;

/** An XFS volume whose superblock was read; everything else is read on demand. */
export class XfsVolume {
  private constructor(
    readonly source: BlockSource,
    readonly superblock: Superblock,
    /** The sector that `superblock` was parsed from. */
    readonly superblockBytes: Buffer,
    readonly geometry: Geometry,
  ) {}

  /** @throws DamagedStructureError when there is no superblock, or one that makes no sense; what `read` throws */
  static async read(source: BlockSource, signal: AbortSignal): Promise<XfsVolume> {
    if (source.size < LEAST_SECTOR_BYTES)
      throw new DamagedStructureError('XFS superblock', `a volume of ${source.size} bytes is too small for an XFS superblock`);
    const first = await source.read(0, LEAST_SECTOR_BYTES, signal);
    const value = superblock.read(first);
    if (value.magic !== SUPERBLOCK_MAGIC)
      throw new DamagedStructureError('XFS superblock', 'the magic number of the superblock is wrong', { offset: 0, length: 4 });
    const geometry = geometryOf(value);
    const isWhole = geometry.sectorSize === LEAST_SECTOR_BYTES || source.size < geometry.sectorSize;
    const bytes = isWhole ? first : await source.read(0, geometry.sectorSize, signal);
    return new XfsVolume(source, value, bytes, geometry);
  }

  /** Bytes that the filesystem spans by its superblock. */
  get size(): number {
    return this.geometry.blocksCount * this.geometry.blockSize;
  }

  /** Blocks of the filesystem that are on the volume: fewer than it has when the volume was cut. */
  get readableBlocks(): number {
    return Math.min(this.geometry.blocksCount, Math.floor(this.source.size / this.geometry.blockSize));
  }

  /** Groups of which at least the beginning is on the volume. */
  get readableGroups(): number {
    return Math.ceil(this.readableBlocks / this.geometry.groupBlocks);
  }

  /**
   * Blocks, numbered in the order of the volume.
   * @throws DamagedStructureError when they are not all on the volume; what `read` throws
   */
  async readBlocks(block: number, count: number, signal: AbortSignal): Promise<Buffer> {
    const { blockSize } = this.geometry;
    if (!(block >= 0 && block <= this.readableBlocks - count))
      throw new DamagedStructureError('XFS block', `block ${block} lies outside of the volume`);
    return this.source.read(block * blockSize, count * blockSize, signal);
  }
}
