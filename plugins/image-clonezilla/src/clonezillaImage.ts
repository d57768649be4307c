import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import { type BlockSource, MemorySource } from '@diskwright/sdk/block';
import { DiskwrightError } from '@diskwright/sdk/errors';
import { MappedImage } from '@diskwright/sdk/image';
import { logicalChain } from './logicalPartitions';
import { diskSize, type DumpedPartition, filesystemsOf, parsePartitionDump, type PartitionDump } from './partitionDump';
import { diskOf, type Piece } from './pieces';

export const DUMP_ENDING = '-pt.sf';
/** A list of partitions is a few lines. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Of an extended boot record. */
const RECORD_BYTES = 512;
/** As files of partitions end, the usual first: compressed or not, in parts or not. */
const ENDINGS = ['gz', 'zst', 'xz', 'uncomp'].flatMap((compression) => [`.${compression}.aa`, `.${compression}`]);

/** A disk as Clonezilla keeps it: its partition table, what lies around it, and an image of each partition. */
export class ClonezillaImage extends MappedImage implements OpenImage {
  private constructor(
    pieces: readonly Piece[],
    size: number,
    private readonly dump: PartitionDump,
    private readonly disk: string,
    /** Partitions that are in the folder, and those that are not. */
    private readonly found: { kept: string[]; missing: string[] },
  ) {
    super(diskOf(pieces, size));
  }

  /** @param file the dump of the partition table */
  static async open(file: BlockSource, context: ImageContext): Promise<ClonezillaImage> {
    const disk = context.name.slice(0, -DUMP_ENDING.length);
    const folder = new Folder(context);
    const dump = parsePartitionDump(await textOf(file, context.signal));
    const filesystems = filesystemsOf(await folder.text('dev-fs.list'));
    const found = { kept: [] as string[], missing: [] as string[] };
    const contents: Piece[] = [];
    for (const partition of dump.partitions.filter(({ extended }) => !extended)) {
      const source = await contentOf(partition, filesystems, folder);
      if (source) contents.push({ offset: partition.offset, length: partition.length, source, start: 0 });
      (source ? found.kept : found.missing).push(partition.name);
    }
    const end = Math.max(...dump.partitions.map(({ offset, length }) => offset + length));
    const told = diskSize(await folder.text(`${disk}-pt.parted`), dump.sectorSize);
    const size = Math.max(told ?? 0, end);
    const around = await tablesOf(disk, size, dump, folder);
    return new ClonezillaImage([...around, ...contents], size, dump, disk, found);
  }

  describe(): ImageDescription {
    const { kept, missing } = this.found;
    const details: [string, string][] = [
      ['disk', this.disk],
      ['partitions', kept.length > 0 ? kept.join(', ') : 'none'],
    ];
    const warnings =
      missing.length > 0
        ? [
            `Of ${missing.join(', ')} the folder holds no image that can be read: swap space, or kept in a way that is not known here. Zeros are shown.`,
          ]
        : [];
    return { type: 'clonezilla', sectorSize: this.dump.sectorSize, details, warnings, snapshots: [] };
  }
}

/** Files that may be there. */
class Folder {
  constructor(private readonly context: ImageContext) {}

  get signal(): AbortSignal {
    return this.context.signal;
  }

  async file(name: string, content: boolean): Promise<BlockSource | null> {
    return this.context.sibling(name, { content }).catch((error: unknown) => {
      if (error instanceof DiskwrightError && error.code === 'InvalidInput') return null;
      throw error;
    });
  }

  async text(name: string): Promise<string> {
    const file = await this.file(name, false);
    return file ? textOf(file, this.signal) : '';
  }
}

/** What is on the disk outside of its partitions, the most certain first. */
async function tablesOf(disk: string, size: number, { sectorSize, partitions }: PartitionDump, folder: Folder): Promise<Piece[]> {
  const first = partitions[0]!.offset;
  const pieces: Piece[] = [];
  const add = async (name: string, offset: (source: BlockSource) => number, limit: number): Promise<void> => {
    const source = await folder.file(name, false);
    if (source) pieces.push({ offset: offset(source), length: Math.min(limit, source.size), source, start: 0 });
  };
  await add(`${disk}-mbr`, () => 0, 512);
  await add(`${disk}-gpt-1st`, () => 0, first);
  await add(`${disk}-hidden-data-after-mbr`, () => sectorSize, first - sectorSize);
  await add(`${disk}-gpt-2nd`, (source) => size - source.size, size);
  for (const extended of partitions.filter((each) => each.extended)) {
    const first = await folder.file(`${extended.name}-ebr`, false);
    const kept = first && first.size >= RECORD_BYTES ? await first.read(0, RECORD_BYTES, folder.signal) : null;
    for (const { offset, bytes } of logicalChain(extended, partitions, sectorSize, kept))
      pieces.push({ offset, length: bytes.length, source: new MemorySource(bytes), start: 0 });
  }
  return pieces;
}

/** The partition's image, whatever it lies in. */
async function contentOf(
  { name }: DumpedPartition,
  filesystems: ReadonlyMap<string, string>,
  folder: Folder,
): Promise<BlockSource | null> {
  const filesystem = filesystems.get(name);
  const kinds = [...(filesystem === undefined ? [] : [`${filesystem}-ptcl-img`]), 'dd-ptcl-img', 'dd-img'];
  for (const kind of kinds) {
    for (const ending of ENDINGS) {
      const source = await folder.file(`${name}.${kind}${ending}`, true);
      if (source) return source;
    }
  }
  return null;
}

async function textOf(file: BlockSource, signal: AbortSignal): Promise<string> {
  return (await file.read(0, Math.min(file.size, MAX_TEXT_BYTES), signal)).toString('utf8');
}
