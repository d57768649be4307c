import { dirname, isAbsolute, join } from 'node:path/posix';
import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError } from '@diskwright/sdk/errors';
import { findParent, type ImageMap, MappedImage } from '@diskwright/sdk/image';
import { type Descriptor, MAX_DESCRIPTOR_BYTES, parseDescriptor } from './descriptor';
import { openExtents } from './openExtents';
import { isSparse, readSparseHeader } from './sparseHeader';
import { SparseExtent } from './sparseExtent';

/** A chain longer than this is a loop. */
const MAX_CHAIN = 64;

/** An open VMDK image. */
export class VmdkImage extends MappedImage implements OpenImage {
  private constructor(
    map: ImageMap,
    parent: VmdkImage | null,
    private readonly descriptor: Descriptor,
    private readonly sparse: readonly SparseExtent[],
    /** The files from the image down to the one that it rests on. */
    private readonly chain: readonly string[],
  ) {
    super(map, parent);
  }

  /** @throws as `ImageFormatProvider.open` */
  static async open(file: BlockSource, context: ImageContext, path = context.name, depth = 1): Promise<VmdkImage> {
    if (depth > MAX_CHAIN) throw new InvalidInputError(`the image rests on more than ${MAX_CHAIN} others, or on itself`);
    const { descriptor, map, sparse } = (await isSparse(file, context.signal))
      ? await openSparse(file, context)
      : await openByText(file, context, path);
    const parent = descriptor.parent ? await openParent(descriptor.parent, context, path, depth) : null;
    return new VmdkImage(map, parent, descriptor, sparse, [path, ...(parent?.chain ?? [])]);
  }

  get contentId(): string {
    return this.descriptor.contentId;
  }

  describe(): ImageDescription {
    const { descriptor, sparse, chain } = this;
    const details: [string, string][] = [['kind', descriptor.createType || 'unknown']];
    if (descriptor.extents.length > 1) details.push(['parts', String(descriptor.extents.length)]);
    const header = sparse[0]?.header;
    if (header) details.push(['grain size', `${header.grainBytes / 1024} KiB`]);
    if (header?.compressed) details.push(['compression', 'deflate']);
    if (chain.length > 1) details.push(['parents', chain.slice(1).join(', ')]);
    return { type: 'vmdk', sectorSize: 512, details, warnings: warningsOf(sparse), snapshots: [] };
  }
}

type Opened = { descriptor: Descriptor; map: ImageMap; sparse: readonly SparseExtent[] };

/** A file that has descriptor and grains. */
async function openSparse(file: BlockSource, { signal, name }: ImageContext): Promise<Opened> {
  const header = await readSparseHeader(file, signal);
  const text = header.descriptor ? await file.read(header.descriptor.offset, header.descriptor.length, signal) : Buffer.alloc(1);
  // QEMU leaves the place of a part's descriptor empty.
  if (text[0] === 0) {
    throw new InvalidInputError(`${name} is one part of a disk in several files`, {
      todo: 'Open the small file beside it that describes them all: its name has no number, such as "disk.vmdk" of "disk-s001.vmdk".',
    });
  }
  const descriptor = parseDescriptor(text);
  const map = await SparseExtent.open(file, header, signal);
  return { descriptor, map, sparse: [map] };
}

/** A text that names the files with the content. */
async function openByText(file: BlockSource, context: ImageContext, path: string): Promise<Opened> {
  const descriptor = parseDescriptor(await file.read(0, Math.min(file.size, MAX_DESCRIPTOR_BYTES), context.signal));
  return { descriptor, ...(await openExtents(descriptor, context, dirname(path))) };
}

async function openParent(
  { contentId, paths }: NonNullable<Descriptor['parent']>,
  context: ImageContext,
  path: string,
  depth: number,
): Promise<VmdkImage> {
  const missing = new DamagedStructureError('VMDK descriptor', 'the VMDK image rests on another one, and does not say which');
  const places = paths.map((named) => (isAbsolute(named) ? named : join(dirname(path), named)));
  return findParent<VmdkImage>(context, places, missing, async (file, place) => {
    const parent = await VmdkImage.open(file, context, place, depth + 1);
    if (parent.contentId === contentId) return parent;
    return new DamagedStructureError(
      'VMDK descriptor',
      `${path} was made on the content ${contentId}, and ${place} has ${parent.contentId}: it is another disk, or was written to since`,
      { todo: 'Put the parent there as it was when the image was made.' },
    );
  });
}

function warningsOf(sparse: readonly SparseExtent[]): string[] {
  const repaired = sparse.reduce((sum, { entriesRepaired }) => sum + entriesRepaired, 0);
  return [
    ...(repaired > 0 ? [`${repaired} entries of the grain directory are damaged. The second directory stands in for them.`] : []),
    ...(sparse.some(({ header }) => header.unclean)
      ? ['The image was not closed in order: what was written last may be missing.']
      : []),
  ];
}
