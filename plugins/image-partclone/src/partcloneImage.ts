import type { ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { type ImageMap, MappedImage, RunList } from '@diskwright/sdk/image';
import { BlockBitmap, onesIn, PAGE_BLOCKS } from './blockBitmap';
import { type PartcloneHeader, readHeader } from './header';
import { StoredBlocks } from './storedBlocks';

/** So many pages of the map at most are looked at for one answer. */
const MAX_PAGES = 256;

class StoredMap implements ImageMap {
  readonly size: number;

  constructor(
    private readonly header: PartcloneHeader,
    private readonly bitmap: BlockBitmap,
    private readonly stored: StoredBlocks,
  ) {
    this.size = header.size;
  }

  async runs(offset: number, length: number, signal: AbortSignal): Promise<RunList> {
    const { blockBytes, blocks } = this.header;
    const list = new RunList();
    const end = offset + length;
    for (let at = offset, pages = 0; at < end && pages < MAX_PAGES; pages++) {
      signal.throwIfAborted();
      const block = Math.floor(at / blockBytes);
      if (block >= blocks) {
        // The volume may end with less than a block.
        list.add({ kind: 'hole', length: end - at });
        break;
      }
      at = await this.addPage(list, Math.floor(block / PAGE_BLOCKS), at, end);
    }
    return list;
  }

  /** @returns where the page, or what is asked for, ends */
  private async addPage(list: RunList, index: number, from: number, to: number): Promise<number> {
    const { blockBytes } = this.header;
    const first = index * PAGE_BLOCKS;
    const count = this.bitmap.blocksOf(index);
    const { bits, before } = await this.bitmap.page(index);
    const end = Math.min(to, (first + count) * blockBytes);
    const bitAt = (bit: number): number => (bits[bit >> 3]! >> (bit & 7)) & 1;
    let bit = Math.floor(from / blockBytes) - first;
    let rank = before + onesIn(bits, bit);
    for (let at = from; at < end;) {
      const isStored = bitAt(bit);
      let next = bit + 1;
      while (next < count && bitAt(next) === isStored && (first + next) * blockBytes < end) next++;
      const length = Math.min((first + next) * blockBytes, end) - at;
      if (isStored === 1) this.addStored(list, rank * blockBytes + (at % blockBytes), length);
      else list.add({ kind: 'hole', length });
      if (isStored === 1) rank += next - bit;
      bit = next;
      at += length;
    }
    return end;
  }

  private addStored(list: RunList, offset: number, length: number): void {
    for (let done = 0; done < length;) {
      const run = this.stored.run(offset + done, length - done);
      list.add(run);
      done += run.length;
    }
  }
}

/** A volume as Partclone keeps it: the blocks that its filesystem uses. */
export class PartcloneImage extends MappedImage implements OpenImage {
  private constructor(
    map: StoredMap,
    private readonly header: PartcloneHeader,
    private readonly stored: StoredBlocks,
    private readonly count: number,
  ) {
    super(map);
  }

  /** @throws as `ImageFormatProvider.open` */
  static async open(file: BlockSource, signal: AbortSignal): Promise<PartcloneImage> {
    const header = await readHeader(file, signal);
    const bitmap = await BlockBitmap.open(file, header, signal);
    const stored = new StoredBlocks(file, header, bitmap.stored);
    return new PartcloneImage(new StoredMap(header, bitmap, stored), header, stored, bitmap.stored);
  }

  describe(): ImageDescription {
    const { version, program, filesystem, blockBytes, blocks } = this.header;
    const details: [string, string][] = [
      ['version', program === '' ? String(version) : `${version}, by Partclone ${program}`],
      ['filesystem', filesystem],
      ['block size', `${blockBytes} bytes`],
      ['blocks', `${blocks}, ${this.count} stored; the others are shown as zeros`],
      ['checksums', this.stored.unchecked === null ? 'verified when blocks are read' : `not verified: ${this.stored.unchecked}`],
    ];
    const { missing } = this.stored;
    const warnings =
      missing > 0
        ? [
            `${missing} bytes at the end of the file are missing: it may have been copied only in part. Blocks up to there can be read.`,
          ]
        : [];
    return { type: 'partclone', sectorSize: null, details, warnings, snapshots: [] };
  }
}
