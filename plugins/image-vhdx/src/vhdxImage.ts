import { dirname, join } from 'node:path/posix';
import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { findParent, MappedImage } from '@diskwright/sdk/image';
import { BlockMap } from './blockMap';
import { readHeader, readRegions, type VhdxHeader } from './header';
import { replayed } from './log/replay';
import { type DiskMetadata, readMetadata } from './metadata';

/** A chain longer than this is a loop. */
const MAX_CHAIN = 64;
/** Keys of the parent locator, the best first: an absolute path is that of another machine. */
const LINKS = ['parent_linkage', 'parent_linkage2'];

/** An open VHDX image. */
export class VhdxImage extends MappedImage implements OpenImage {
  private constructor(
    map: BlockMap,
    parent: VhdxImage | null,
    private readonly header: VhdxHeader,
    private readonly disk: DiskMetadata,
    /** The files from the image down to the one that it rests on. */
    private readonly chain: readonly string[],
  ) {
    super(map, parent);
  }

  /** @throws as `ImageFormatProvider.open` */
  static async open(stored: BlockSource, context: ImageContext, path = context.name, depth = 1): Promise<VhdxImage> {
    if (depth > MAX_CHAIN) throw new InvalidInputError(`the image rests on more than ${MAX_CHAIN} others, or on itself`);
    const { signal } = context;
    const header = await readHeader(stored, signal);
    const file = header.log ? await replayed(stored, header.log, signal) : stored;
    const regions = await readRegions(file, signal);
    const disk = await readMetadata(file, regions.metadata, signal);
    const map = new BlockMap(file, disk, regions.blockTable);
    const parent = disk.parent ? await openParent(disk.parent, context, path, depth) : null;
    return new VhdxImage(map, parent, header, disk, [path, ...(parent?.chain ?? [])]);
  }

  get dataWriteId(): string {
    return this.header.dataWriteId;
  }

  describe(): ImageDescription {
    const { fixed, parent, blockBytes, sectorSize } = this.disk;
    const details: [string, string][] = [
      ['kind', parent ? 'differencing' : fixed ? 'fixed' : 'dynamic'],
      ['block size', `${blockBytes / 1024 / 1024} MiB`],
    ];
    if (this.chain.length > 1) details.push(['parents', this.chain.slice(1).join(', ')]);
    const warnings = this.header.log
      ? ['The image was not closed in order. What its log holds is applied here in memory; the file stays as it is.']
      : [];
    return { type: 'vhdx', sectorSize, details, warnings, snapshots: [] };
  }
}

async function openParent(
  named: ReadonlyMap<string, string>,
  context: ImageContext,
  path: string,
  depth: number,
): Promise<VhdxImage> {
  const missing = new DamagedStructureError('VHDX parent locator', 'the VHDX image rests on another one, and does not say which');
  const links = LINKS.map((key) => named.get(key)?.replace(/[{}]/g, '').toLowerCase());
  return findParent<VhdxImage>(context, pathsOf(named, dirname(path)), missing, async (file, place) => {
    const parent = await VhdxImage.open(file, context, place, depth + 1);
    if (links.includes(parent.dataWriteId)) return parent;
    return new DamagedStructureError(
      'VHDX parent locator',
      `${path} was made on the content ${links[0] ?? 'of another disk'}, and ${place} has ${parent.dataWriteId}: it is another disk, or was written to since`,
      { todo: 'Put the parent there as it was when the image was made.' },
    );
  });
}

/** The relative path first, then the names alone: absolute ones are of another machine. With slashes. */
function pathsOf(named: ReadonlyMap<string, string>, folder: string): string[] {
  const plain = (key: string): string => (named.get(key) ?? '').replaceAll('\\', '/');
  const names = ['relative_path', 'absolute_win32_path', 'volume_path'].map((key) => plain(key).replace(/^.*\//s, ''));
  const paths = [plain('relative_path'), ...names].filter((each) => each !== '');
  return [...new Set(paths.map((each) => join(folder, each)))];
}
