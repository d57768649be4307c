import { dirname, join } from 'node:path/posix';
import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { findParent, type ImageMap, MappedImage, rawMap } from '@diskwright/sdk/image';
import { BlockMap } from './blockMap';
import { readHeader, type VhdHeader } from './header';
import { parentPaths } from './parent';

/** A chain longer than this is a loop. */
const MAX_CHAIN = 64;

/** An open VHD image. */
export class VhdImage extends MappedImage implements OpenImage {
  private constructor(
    map: ImageMap,
    parent: VhdImage | null,
    private readonly header: VhdHeader,
    /** The files from the image down to the one that it rests on. */
    private readonly chain: readonly string[],
  ) {
    super(map, parent);
  }

  /** @throws as `ImageFormatProvider.open` */
  static async open(file: BlockSource, context: ImageContext, path = context.name, depth = 1): Promise<VhdImage> {
    if (depth > MAX_CHAIN) throw new InvalidInputError(`the image rests on more than ${MAX_CHAIN} others, or on itself`);
    const header = await readHeader(file, context.signal);
    const { blocks, size, kind } = header;
    if (!blocks) return new VhdImage(rawMap(file, 0, size), null, header, [path]);
    const parent = kind === 'differencing' ? await openParent(file, header, context, path, depth) : null;
    const map = new BlockMap(file, size, blocks, kind === 'differencing');
    return new VhdImage(map, parent, header, [path, ...(parent?.chain ?? [])]);
  }

  get id(): string {
    return this.header.id;
  }

  describe(): ImageDescription {
    const { kind, creator, blocks, endLost } = this.header;
    const details: [string, string][] = [
      ['kind', kind],
      ['made by', creator.trim()],
    ];
    if (blocks) details.push(['block size', `${blocks.blockBytes / 1024} KiB`]);
    if (this.chain.length > 1) details.push(['parents', this.chain.slice(1).join(', ')]);
    const warnings = endLost
      ? ['The footer at the end of the file is missing or damaged: the file may have been copied only in part.']
      : [];
    return { type: 'vhd', sectorSize: 512, details, warnings, snapshots: [] };
  }
}

/** The first of the parent's paths at which there is a file. @throws DamagedStructureError for another disk than the one it was made on */
async function openParent(
  file: BlockSource,
  { blocks }: VhdHeader,
  context: ImageContext,
  path: string,
  depth: number,
): Promise<VhdImage> {
  const missing = new DamagedStructureError('VHD header', 'the VHD image rests on another one, and does not say which');
  const paths = (await parentPaths(file, blocks!, context.signal)).map((named) => join(dirname(path), named));
  return findParent<VhdImage>(context, paths, missing, async (source, place) => {
    const parent = await VhdImage.open(source, context, place, depth + 1);
    if (parent.id === blocks!.parentId) return parent;
    return new DamagedStructureError(
      'VHD header',
      `${path} was made on a disk with the identifier ${blocks!.parentId}, and ${place} has ${parent.id}`,
      { todo: 'Put the right parent there.' },
    );
  });
}
