import type { ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError } from '@diskwright/sdk/errors';
import { type ImageMap, MappedImage, RunList } from '@diskwright/sdk/image';
import { type Header, header, readHeader } from './header';

/** A block that is not stored is zeros. */
const NOT_STORED = 0;
/** So many blocks at most are looked up for one answer. */
const MAX_BLOCKS = 4096;

/** Where each block of the disk is in the file: a u32 for each, the number of a block behind the header and the table, from 1. */
class BlockTable implements ImageMap {
  readonly size: number;

  constructor(
    private readonly file: BlockSource,
    private readonly values: Header,
  ) {
    this.size = values.blockCount * values.blockBytes;
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { blockBytes } = this.values;
    const first = Math.floor(offset / blockBytes);
    const count = Math.min(Math.ceil((offset + length) / blockBytes) - first, MAX_BLOCKS);
    const entries = await this.file.read(header.size + first * 4, count * 4, signal);
    const list = new RunList();
    for (let at = offset; at < offset + length;) {
      const block = Math.floor(at / blockBytes);
      if (block === first + count) break;
      const bytes = Math.min((block + 1) * blockBytes, offset + length) - at;
      const entry = entries.readUInt32LE((block - first) * 4);
      if (entry === NOT_STORED) list.add({ kind: 'hole', length: bytes });
      else list.add({ kind: 'stored', length: bytes, source: this.file, offset: this.placeOf(entry) + (at % blockBytes) });
      at += bytes;
    }
    return list;
  }

  private placeOf(entry: number): number {
    const { blockCount, blockBytes } = this.values;
    return header.size + blockCount * 4 + (entry - 1) * blockBytes;
  }
}

/** An open image; reading and telling what is stored come from the map. */
export class ExampleImage extends MappedImage implements OpenImage {
  private constructor(
    map: ImageMap,
    private readonly blockBytes: number,
  ) {
    super(map);
  }

  /** @throws DamagedStructureError when there is no such image, or its table is cut off */
  static async open(file: BlockSource, signal: AbortSignal): Promise<ExampleImage> {
    const values = await readHeader(file, signal);
    if (!values) throw new DamagedStructureError(header.name, 'it is not one', { offset: 0, length: header.size });
    if (header.size + values.blockCount * 4 > file.size)
      throw new DamagedStructureError(header.name, 'the file ends within its table of blocks', {
        offset: 0,
        length: header.size,
      });
    return new ExampleImage(new BlockTable(file, values), values.blockBytes);
  }

  describe(): ImageDescription {
    const details: [string, string][] = [['block size', `${this.blockBytes} bytes`]];
    return { type: 'example-name', sectorSize: null, details, warnings: [], snapshots: [] };
  }
}
