import type { ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, MappedImage, RunList } from '@diskwright/sdk/image';
import { header, type ParallelsHeader, readHeader } from './header';

const NOT_STORED = 0;
/** So many entries at most are read for one answer. */
const MAX_ENTRIES = 16384;

/** Where each cluster of the disk is in the file: a u32 for each. */
class AllocationTable implements ImageMap {
  readonly size: number;

  constructor(
    private readonly file: BlockSource,
    private readonly values: ParallelsHeader,
  ) {
    this.size = values.size;
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { clusterBytes, entryUnit } = this.values;
    const first = Math.floor(offset / clusterBytes);
    const count = Math.min(Math.ceil((offset + length) / clusterBytes) - first, MAX_ENTRIES);
    const entries = await this.file.read(header.size + first * 4, count * 4, signal);
    const end = Math.min(offset + length, (first + count) * clusterBytes);
    const list = new RunList();
    for (let at = offset; at < end;) {
      const cluster = Math.floor(at / clusterBytes);
      const bytes = Math.min((cluster + 1) * clusterBytes, end) - at;
      const entry = entries.readUInt32LE((cluster - first) * 4);
      if (entry === NOT_STORED) list.add({ kind: 'hole', length: bytes });
      else list.add({ kind: 'stored', length: bytes, source: this.file, offset: entry * entryUnit + (at % clusterBytes) });
      at += bytes;
    }
    return list;
  }
}

/** An open image: reading, and telling what is stored, come from the map. */
export class ParallelsImage extends MappedImage implements OpenImage {
  private constructor(
    map: ImageMap,
    private readonly values: ParallelsHeader,
  ) {
    super(map);
  }

  static async open(file: BlockSource, signal: AbortSignal): Promise<ParallelsImage> {
    const values = await readHeader(file, signal);
    return new ParallelsImage(new AllocationTable(file, values), values);
  }

  describe(): ImageDescription {
    const { clusterBytes, entryCount, wasInUse } = this.values;
    const details: [string, string][] = [
      ['cluster size', `${clusterBytes / 1024} KiB`],
      ['clusters', String(entryCount)],
    ];
    const warnings = wasInUse ? ['A program had it open and did not close it: what it wrote last may be missing.'] : [];
    return { type: 'parallels', sectorSize: null, details, warnings, snapshots: [] };
  }
}
