import { promisify } from 'node:util';
import { inflateRaw as inflateRawCallback } from 'node:zlib';
import type { BlockSource } from '@diskwright/sdk/block';
import { decompressZstd } from '@diskwright/sdk/compression';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { MadeBlocks } from '@diskwright/sdk/image';
import type { QcowHeader } from './header';

type Decompress = (bytes: Buffer, maximumBytes: number) => Promise<Buffer>;

const SECTOR_BYTES = 512;
const HIGH = 0x1_0000_0000;
/** Decompression that is under way at once keeps as many threads busy as Node has for it. */
const inflateRaw = promisify(inflateRawCallback);
const inflate: Decompress = (bytes, maxOutputLength) => inflateRaw(bytes, { maxOutputLength });

/** Where the bytes of a compressed cluster lie. `length` counts whole sectors, so that what follows the stream may be another's. */
export interface CompressedPlace {
  offset: number;
  length: number;
}

/** Clusters that are stored compressed: docs/interop/qcow2.txt, "Compressed Clusters Descriptor". */
export class CompressedClusters {
  private readonly kept: MadeBlocks;
  private readonly clusterBytes: number;
  /** Bits of the descriptor that are the offset; the others, up to bit 61, count sectors. */
  private readonly offsetBits: number;
  private readonly decompress: Decompress;

  constructor(
    private readonly file: BlockSource,
    { clusterBytes, clusterBits, compression }: QcowHeader,
  ) {
    this.clusterBytes = clusterBytes;
    this.kept = new MadeBlocks(clusterBytes);
    this.offsetBits = 62 - (clusterBits - 8);
    this.decompress = compression === 'zstd' ? decompressZstd : inflate;
  }

  /** What an L2 entry with the bit for compression says; its words. */
  cluster(high: number, low: number): CompressedPlace {
    const highBits = this.offsetBits - 32;
    const offset = (high & (2 ** highBits - 1)) * HIGH + low;
    const sectors = (high & 0x3fff_ffff) >>> highBits;
    return { offset, length: (sectors + 1) * SECTOR_BYTES - (offset % SECTOR_BYTES) };
  }

  async read(place: CompressedPlace, start: number, length: number): Promise<Buffer> {
    // Not with a reader's signal: others may wait for the same cluster.
    const cluster = await this.kept.get(place.offset, () => this.make(place));
    return cluster.subarray(start, start + length);
  }

  private async make({ offset, length }: CompressedPlace): Promise<Buffer> {
    const there = Math.min(length, this.file.size - offset);
    if (there <= 0) throw damaged(offset, 'it lies behind the end of the file');
    const stored = await this.file.read(offset, there);
    let cluster: Buffer;
    try {
      // What follows the stream in its last sector is not looked at.
      cluster = await this.decompress(stored, this.clusterBytes);
    } catch (error) {
      throw damaged(offset, (error as Error).message);
    }
    if (cluster.length !== this.clusterBytes)
      throw damaged(offset, `it has ${cluster.length} bytes instead of ${this.clusterBytes}`);
    return cluster;
  }
}

function damaged(offset: number, how: string): DamagedStructureError {
  return new DamagedStructureError('qcow2 cluster', `the compressed cluster at byte ${offset} of the image is damaged: ${how}`);
}
