import { dirname, isAbsolute, join } from 'node:path/posix';
import type { ImageContext, ImageDescription, OpenImage } from '@diskwright/sdk';
import type { BlockSource } from '@diskwright/sdk/block';
import { DamagedStructureError, InvalidInputError, NotSupportedError } from '@diskwright/sdk/errors';
import { MappedImage, rawImage } from '@diskwright/sdk/image';
import type { ServedNode } from '@diskwright/sdk/nbd';
import { ClusterMap } from './clusterMap';
import { CompressedClusters } from './compressedClusters';
import { isQcow2, l1EntriesFor, type QcowHeader, readHeader } from './header';
import { findSnapshot, type QcowSnapshot, readSnapshots } from './snapshots';

/** A chain longer than this is a loop. */
const MAX_CHAIN = 64;

/** QEMU's names of formats that other plugins read, and the types that these tell. */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ['vmdk', 'vmdk'],
  ['vhdx', 'vhdx'],
  ['vpc', 'vhd'],
  ['vdi', 'vdi'],
]);

/** The files of a chain, from the image down to the last that it rests on, by the names that the images have for them. */
type Chain = readonly string[];

/** An open qcow2 image. */
export class QcowImage extends MappedImage implements OpenImage {
  private constructor(
    map: ClusterMap,
    backing: ServedNode | null,
    private readonly header: QcowHeader,
    private readonly snapshots: readonly QcowSnapshot[],
    private readonly chain: Chain,
  ) {
    super(map, backing);
  }

  /** @throws as `ImageFormatProvider.open` */
  static async open(file: BlockSource, context: ImageContext): Promise<QcowImage> {
    return QcowImage.openAt(file, context, context.snapshot, [context.name]);
  }

  describe(): ImageDescription {
    const { header, chain } = this;
    const { version, clusterBytes, compression, extendedL2, dataFile } = header;
    const details: [string, string][] = [
      ['version', String(version)],
      ['cluster size', `${clusterBytes / 1024} KiB${extendedL2 ? ', in 32 parts' : ''}`],
      ['compression', compression === 'zstd' ? 'zstd' : 'zlib'],
    ];
    if (dataFile !== null) details.push(['data file', dataFile]);
    if (chain.length > 1) details.push(['backing files', chain.slice(1).join(', ')]);
    return {
      type: 'qcow2',
      sectorSize: null,
      details,
      warnings: warningsOf(header),
      snapshots: this.snapshots.map(({ id, name, size, createdAt }) => ({
        id,
        name,
        size,
        createdAt: new Date(createdAt).toISOString(),
      })),
    };
  }

  private static async openAt(file: BlockSource, context: ImageContext, wanted: string | null, chain: Chain): Promise<QcowImage> {
    const { signal } = context;
    const header = await readHeader(file, signal);
    const snapshots = await readSnapshots(file, header, signal);
    const snapshot = wanted === null ? null : findSnapshot(snapshots, wanted, file, header);
    const { size, l1 } = snapshot ?? header;
    if (l1.entries < l1EntriesFor(size, header))
      throw new DamagedStructureError('qcow2 header', `the qcow2 header is damaged: its L1 table is too small for ${size} bytes`);
    const data = header.dataFile === null ? file : await context.sibling(beside(chain.at(-1)!, header.dataFile));
    const compressed = new CompressedClusters(file, header);
    const map = await ClusterMap.open({ file, data, header, l1, size, compressed }, signal);
    const [backing, whole] = header.backing ? await openBacking(header.backing, context, chain) : [null, chain];
    return new QcowImage(map, backing, header, snapshots, whole);
  }

  /** A backing file that is qcow2 as well. */
  static async openBacking(file: BlockSource, context: ImageContext, chain: Chain): Promise<[QcowImage, Chain]> {
    const image = await QcowImage.openAt(file, context, null, chain);
    return [image, image.chain];
  }
}

/** What an image rests on: another qcow2, plain bytes, or an image of another format, which another plugin reads. */
async function openBacking(
  { path, format }: NonNullable<QcowHeader['backing']>,
  context: ImageContext,
  chain: Chain,
): Promise<[ServedNode, Chain]> {
  const name = path.startsWith('file:') ? path.slice('file:'.length) : path;
  const named = chain.at(-1)!;
  if (/^(json:|[a-z][a-z0-9+.-]*:\/\/|[a-z]+:)/i.test(name)) {
    throw new NotSupportedError(`${named} has a backing "file" that is none: ${name}`, {
      todo: 'Only files in the folder of the image can be read.',
    });
  }
  if (chain.length >= MAX_CHAIN) throw new InvalidInputError(`${named} rests on more than ${MAX_CHAIN} files, or on itself`);
  const place = beside(named, name);
  const longer = [...chain, place];
  if (format !== null && !['raw', 'qcow2'].includes(format)) {
    const type = OTHER_TYPES.get(format);
    if (type !== undefined) return [rawImage(await context.sibling(place, { content: true, type })), longer];
    throw new NotSupportedError(`${named} rests on ${name}, an image of the format ${format}`, {
      todo: `Backing files can be of the formats raw, qcow2, ${[...OTHER_TYPES.keys()].join(', ')}: convert that one with "qemu-img convert" and adapt the image with "qemu-img rebase".`,
    });
  }
  const file = await context.sibling(place);
  // An image without the format's name may rest on either. No others: a guest that has a plain disk could make it look like one of them.
  if (format === 'raw' || (format === null && !(await isQcow2(file, context.signal)))) return [rawImage(file), longer];
  return QcowImage.openBacking(file, context, longer);
}

/** The path of a file that the file at `named` means: relative to its own folder. */
function beside(named: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(named), path);
}

function warningsOf({ dirty, corrupt }: QcowHeader): string[] {
  return [
    ...(corrupt ? ['The image is marked as corrupt: what is read may be wrong. "qemu-img check" tells more.'] : []),
    ...(dirty
      ? ['The image was not closed in order. Its content can be read; only its counters of references are out of date.']
      : []),
  ];
}
