import type { ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, MappedImage, RunList, TableCache } from '@diskwright/sdk/image';
import { damaged, readHeader, type VdiHeader } from './header';

const NOT_STORED = 0xffff_ffff;
const ZERO = 0xffff_fffe;
/** The map is read in parts of so many entries: that of a large disk has some MiB. */
const ENTRIES = 16384;
/** So many parts at most are read for one answer. */
const MAX_PARTS = 64;

/** Where each block of the disk is: a list of u32, the numbers of blocks in the file. */
class BlockMap implements ImageMap {
  readonly size: number;
  private readonly parts: TableCache;

  constructor(
    private readonly file: BlockSource,
    private readonly header: VdiHeader,
  ) {
    this.size = header.size;
    this.parts = new TableCache(file, ENTRIES * 4, (bytes) => bytes);
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { blockBytes } = this.header;
    const list = new RunList();
    const end = offset + length;
    for (let at = offset, parts = 0; at < end && parts < MAX_PARTS; parts++) {
      signal.throwIfAborted();
      const first = Math.floor(at / blockBytes / ENTRIES) * ENTRIES;
      const part = await this.part(first);
      const partEnd = Math.min(end, (first + ENTRIES) * blockBytes);
      while (at < partEnd) {
        const block = Math.floor(at / blockBytes);
        const count = Math.min((block + 1) * blockBytes, partEnd) - at;
        this.add(list, part.readUInt32LE((block - first) * 4), at % blockBytes, count);
        at += count;
      }
    }
    return list;
  }

  private add(list: RunList, entry: number, within: number, length: number): void {
    if (entry === NOT_STORED || entry === ZERO) {
      list.add({ kind: 'hole', length });
      return;
    }
    const { blockBytes, blockExtraBytes, blockCount, dataOffset } = this.header;
    if (entry >= blockCount) throw damaged(`its block map names block ${entry} of ${blockCount}`);
    const place = dataOffset + entry * (blockBytes + blockExtraBytes) + blockExtraBytes;
    list.add({ kind: 'stored', length, source: this.file, offset: place + within });
  }

  private part(first: number): Promise<Buffer> {
    const { blockMapOffset, blockCount } = this.header;
    return this.parts.get(blockMapOffset + first * 4, Math.min(ENTRIES, blockCount - first) * 4);
  }
}

/** An open VDI image. */
export class VdiImage extends MappedImage implements OpenImage {
  private constructor(
    map: ImageMap,
    private readonly header: VdiHeader,
  ) {
    super(map);
  }

  static async open(file: BlockSource, signal: AbortSignal): Promise<VdiImage> {
    const header = await readHeader(file, signal);
    return new VdiImage(new BlockMap(file, header), header);
  }

  describe(): ImageDescription {
    const { fixed, blockBytes, blockCount, allocatedCount } = this.header;
    const details: [string, string][] = [
      ['kind', fixed ? 'fixed' : 'dynamic'],
      ['block size', `${blockBytes / 1024} KiB`],
      ['blocks', `${blockCount}, ${allocatedCount} stored`],
    ];
    return { type: 'vdi', sectorSize: null, details, warnings: [], snapshots: [] };
  }
}
